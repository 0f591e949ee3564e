/* SPDX-License-Identifier: Apache-2.0 */
/* Every mail that was sent, for tests. */
#ifndef LAB_OUTBOX_H
#define LAB_OUTBOX_H

#include <jansson.h>

#include "store/db.h"

/* [{"from": ..., "to": [...], ...}] oldest first; the caller owns the reference. NULL
 * when the database refuses. */
json_t *lab_outbox_json(lab_store_t *store, apr_pool_t *pool);
/* Forgets them. False when the database refuses. */
bool lab_outbox_clear(lab_store_t *store);

#endif
