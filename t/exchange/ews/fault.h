/* SPDX-License-Identifier: Apache-2.0 */
/* SOAP faults of Exchange Web Services, whole envelopes, and the texts of error codes. */
#ifndef LAB_FAULT_H
#define LAB_FAULT_H

#include <apr_pools.h>

/* The text Exchange gives with a response code; a general one for codes not listed. */
const char *lab_error_text(const char *code);
/* A fault with that code; `text` NULL takes the code's own. */
const char *lab_fault_text(apr_pool_t *pool, const char *code, const char *text);
/* ErrorSchemaValidation with its MessageXml. */
const char *lab_fault_schema(apr_pool_t *pool, const char *violation, int line,
                             int position);
/* ErrorServerBusy with BackOffMilliseconds. */
const char *lab_fault_busy(apr_pool_t *pool, apr_int64_t back_off_ms);
/* What a request that is no well-formed XML gets. */
const char *lab_fault_malformed(apr_pool_t *pool, const char *why, int line, int column);

#endif
