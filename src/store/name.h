/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file name.h
 * Resource names for items that come without one.
 */
#ifndef XC_STORE_NAME_H
#define XC_STORE_NAME_H

#include <apr_pools.h>

/**
 * The name of an item born elsewhere: its UID and ".ics" when the UID is made of letters, digits
 * and "-_.@" alone, does not begin with a dot and is at most 160 bytes long; otherwise what is safe
 * of it (at most 60 bytes), "-" and 16 hex digits of the UID's SHA-256. Without a UID (NULL or "")
 * "item-" and 20 hex digits of the ItemId's. Always the same name for the same item.
 */
const char *xc_store_name_for(const char *uid, const char *id, apr_pool_t *pool);

/**
 * The name an item gets instead of `href`, which is another's: "-" and hex digits of the SHA-256 of
 * its ItemId before the extension; 8 digits for attempt 1, 16 for 2, 32 for 3.
 */
const char *xc_store_name_alternative(const char *href, const char *id, int attempt, apr_pool_t *pool);

/** Is `name` what xc_store_name_alternative made of `href` at some attempt? */
int xc_store_name_is_alternative(const char *name, const char *href, const char *id, apr_pool_t *pool);

#endif
