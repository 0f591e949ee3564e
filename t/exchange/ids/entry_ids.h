/* SPDX-License-Identifier: Apache-2.0 */
/* Entry ids that are no ids of items: of people in the address book, of whole stores. */
#ifndef LAB_ENTRY_IDS_H
#define LAB_ENTRY_IDS_H

#include <apr_pools.h>

#include "directory/dir.h"

/* The address book entry id of somebody, in base64 ([MS-OXCDATA] 2.2.5.2): flags,
 * provider DCA740C8-..., version 1, type 0 (a local mail user), legacyExchangeDN, NUL. */
const char *lab_address_book_entry_id(apr_pool_t *pool, const lab_dir_entry_t *who);
/* The store entry id of somebody's mailbox, in base64 ([MS-OXCDATA] 2.2.4.3). */
const char *lab_store_entry_id(apr_pool_t *pool, const lab_dir_entry_t *who);

#endif
