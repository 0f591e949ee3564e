/* SPDX-License-Identifier: Apache-2.0 */
/** @file kv_memory.h  A key-value cache in this process's memory (xc_kv_t of store.h). */
#ifndef XC_STORE_KV_MEMORY_H
#define XC_STORE_KV_MEMORY_H

#include "store/store.h"

/** A cache of at most `max_bytes` (overhead counted), safe for threads; it lives as long as the pool. */
xc_error_t *xc_kv_memory_make(xc_kv_t *out, apr_size_t max_bytes, apr_pool_t *pool);

#endif
