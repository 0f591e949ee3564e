/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept beside an item comes back from Exchange, where anybody may have changed it. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object.h"
#include "cal/object/event_priv.h"
#include "fuzz.h"

static void once(apr_pool_t *process)
{
    if (xc_zone_init(process))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    xc_event_t *event = xc_event_make(pool);
    event->uid = "u";
    event->start.kind = event->end.kind = XC_WHEN_UTC;
    event->start.wall = (xc_wall_t){2027, 1, 1, 10, 0, 0};
    event->end.wall = (xc_wall_t){2027, 1, 1, 11, 0, 0};
    event->kept = apr_pstrmemdup(pool, (const char *)data, size);
    xc_object_t *obj = NULL;
    xc_kept_t kept;
    /* a kept text of another UID is not looked at: the event is the one that it is about */
    if (xc_kept_unpack(&kept, event->kept, pool) && !xc_object_parse(&obj, kept.text, strlen(kept.text), NULL, pool))
        event->uid = xc_object_uid(obj);
    const char *text = xc_object_text_for(event, pool);
    if (!text || xc_object_parse_stored(&obj, text, strlen(text), pool))
        abort();
    apr_pool_destroy(pool);
    return 0;
}
