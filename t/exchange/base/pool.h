/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAB_POOL_H
#define LAB_POOL_H

#include <apr_pools.h>

/* A sub-pool with an allocator of its own. Pools share the allocator of their parent,
 * which has no lock: what grows while threads run must not take from the process's pool.
 * The caller guards this one and its children by one lock. */
apr_pool_t *lab_pool_own(apr_pool_t *parent);

#endif
