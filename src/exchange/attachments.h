/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attachments.h
 * Files of an item. Which there are comes with the item (xc_event_t.files), writing them goes with it
 * (xc_write_t.files); what is left is to read one.
 */
#ifndef XC_EXCHANGE_ATTACHMENTS_H
#define XC_EXCHANGE_ATTACHMENTS_H

#include "exchange/backend.h"

typedef struct xc_blob_t {
    const char *name;           /* NULL = none */
    const char *type;           /* media type, never NULL */
    const unsigned char *data;
    apr_size_t len;
} xc_blob_t;

struct xc_attachments_ops_t {
    /**
     * The content of a file by the back end's id (xc_file_t.id). An attached item (a mail, an event) comes as the
     * MIME stream that Exchange makes of it.
     * @return 404 when it is gone
     */
    xc_error_t *(*get)(xc_blob_t *out, xc_session_t *s, const char *file_id, apr_pool_t *pool);
};

#endif
