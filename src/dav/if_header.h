/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file if_header.h
 * The `If` header of RFC 4918 10.4: parsed and judged without knowing what a resource is.
 */
#ifndef XC_DAV_IF_HEADER_H
#define XC_DAV_IF_HEADER_H

#include <apr_pools.h>

#include "base/error.h"

/**
 * Does one condition hold?
 * @param tag   the resource tag as written, NULL = the request's own resource
 * @param token the entity tag (with its quotes and W/) or the state token (without brackets)
 * @param holds set to 1 when it does
 */
typedef xc_error_t *(*xc_if_holds_fn)(void *ctx, int *holds, const char *tag, const char *token, int is_etag);

/** Most conditions in one header. */
#define XC_IF_MAX_CONDITIONS 256

/**
 * Judge a header: true when any of its lists is, a list when all its conditions are.
 * @return 400 for bad syntax or too many conditions, 412 when false, or the callback's error
 */
xc_error_t *xc_if_check(const char *header, xc_if_holds_fn holds, void *ctx, apr_pool_t *pool);

#endif
