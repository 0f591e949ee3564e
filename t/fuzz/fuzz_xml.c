/* SPDX-License-Identifier: Apache-2.0 */
/* XML from a client or from Exchange: parsed or refused, and what is written back is XML again. */
#include <stdlib.h>

#include "base/xml.h"
#include "fuzz.h"

static void once(apr_pool_t *process)
{
    (void)process;
    xc_xml_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    xmlNode *root = NULL, *again = NULL;
    if (!xc_xml_parse(&root, (const char *)data, size, pool)) {
        const char *text = xc_xml_serialize(root, pool);
        if (xc_xml_parse(&again, text, strlen(text), pool))
            abort();
        xc_buf_t *buf = xc_buf_make(pool, 0);
        xc_xmlw_t *w = xc_xmlw_make(buf, pool);
        xc_xmlw_element(w, "DAV:", "x", xc_xml_text(root, pool));
        if (xc_xmlw_finish(w, pool) || xc_xml_parse(&again, buf->data, buf->len, pool))
            abort();
    }
    apr_pool_destroy(pool);
    return 0;
}
