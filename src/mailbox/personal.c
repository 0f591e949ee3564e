/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody sets on another's calendar (its colour, its name, its place in the list) is his own affair: it lies in
 * his own mailbox, beside its dead properties, needs no right on the calendar and changes nothing for others.
 */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"
#include "base/xml.h"

/* "{ns}name" of the property that holds those of one calendar. */
static const char *name_of(const xc_mailbox_t *m, const char *folder_id, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "calendar-", xc_crypt_hex(pool, 12, m->owner, folder_id, NULL), NULL);
}

static const char *key_of(const char *name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "{" XC_NS_EXCAL "}", name, NULL);
}

int xc_personal_is_key(const char *key)
{
    static const char prefix[] = "{" XC_NS_EXCAL "}calendar-";
    return strncmp(key, prefix, sizeof prefix - 1) == 0;
}

static const char *find(const apr_table_t *props, const char *key)
{
    const apr_array_header_t *rows = apr_table_elts(props);
    for (int i = 0; i < rows->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(rows, i, apr_table_entry_t).key, key) == 0)
            return APR_ARRAY_IDX(rows, i, apr_table_entry_t).val;
    return NULL;
}

apr_table_t *xc_personal_props(const xc_mailbox_t *m, const char *folder_id, const apr_table_t *root_props, apr_pool_t *pool)
{
    const char *xml = find(root_props, key_of(name_of(m, folder_id, pool), pool));
    xmlNode *node = NULL;
    if (!xml || xc_xml_parse(&node, xml, strlen(xml), pool))
        return apr_table_make(pool, 1);
    return xc_props_parse(xc_xml_text(node, pool), pool);
}

xc_error_t *xc_personal_set(xc_mailbox_t *m, const char *folder_id, const apr_table_t *props, apr_pool_t *pool)
{
    const char *name = name_of(m, folder_id, pool), *text = xc_props_format(props, pool);
    apr_table_t *set = apr_table_make(pool, 1);
    apr_array_header_t *removed = apr_array_make(pool, 1, sizeof(const char *));
    if (*text) {
        xc_buf_t *buf = xc_buf_make(pool, 0);
        xc_xmlw_t *w = xc_xmlw_make(buf, pool);
        xmlNode *node = NULL;
        xc_xmlw_ns(w, "X", XC_NS_EXCAL);
        xc_xmlw_element(w, XC_NS_EXCAL, name, text);
        XC_TRY(xc_xmlw_finish(w, pool));
        XC_TRY(xc_xml_parse(&node, buf->data, buf->len, pool));
        apr_table_addn(set, key_of(name, pool), xc_xml_serialize(node, pool));
    } else
        APR_ARRAY_PUSH(removed, const char *) = key_of(name, pool);
    return xc_mailbox_set_props(m->own ? m->own : m, set, removed, pool);
}
