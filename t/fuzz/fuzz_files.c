/* SPDX-License-Identifier: Apache-2.0 */
/* A client's object with files in it, as PUT and POST of attachments take it apart. Besides surviving: what comes out is
 * still an object when what went in was one, and keys that became URLs become the same keys again. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cal/files.h"
#include "cal/object.h"
#include "fuzz.h"

#define PREFIX "https://me/?attachment="

static void once(apr_pool_t *process)
{
    if (xc_zone_init(process))
        abort();
}

static const char *key_of(void *ctx, const char *uri, apr_pool_t *pool)
{
    (void)ctx;
    size_t n = sizeof(PREFIX) - 1;
    return strncmp(uri, PREFIX, n) == 0 && xc_file_is_key(uri + n) ? apr_pstrdup(pool, uri + n) : NULL;
}

static void must_parse(const char *text, apr_size_t len, apr_pool_t *pool)
{
    xc_object_t *obj;
    if (xc_object_parse_stored(&obj, text, len, pool))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    xc_object_limits_t limits = {.max_bytes = 1 << 20, .max_attendees = 200, .max_components = 300};
    xc_object_t *obj = NULL;
    xc_event_t *event = NULL;
    apr_hash_t *files = apr_hash_make(pool);
    const char *text, *shown, *hidden, *edited;
    apr_size_t len, shown_len, hidden_len;
    if (xc_files_extract(&text, &len, files, apr_pstrmemdup(pool, (const char *)data, size), size, 1 << 16, pool))
        goto out;
    if (xc_object_parse(&obj, text, len, &limits, pool))
        goto out;
    xc_files_to_urls(&shown, &shown_len, text, len, PREFIX, pool);
    xc_files_from_urls(&hidden, &hidden_len, shown, shown_len, key_of, NULL, pool);
    must_parse(shown, shown_len, pool);
    must_parse(hidden, hidden_len, pool);
    if (!xc_object_to_event(&event, obj, (const char *const[]){NULL}, NULL, pool)) {
        const char *now = xc_files_apply(text, event, pool);
        must_parse(now, strlen(now), pool);
    }
    apr_array_header_t *rids = apr_array_make(pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(rids, const char *) = size % 2 ? "20270301T090000Z" : "M";
    if (!xc_files_edit(&edited, text, NULL, xc_newfile_make("a", NULL, data, size % 64, pool), size % 3 ? rids : NULL, pool))
        must_parse(edited, strlen(edited), pool);
out:
    apr_pool_destroy(pool);
    return 0;
}
