/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dead properties: what a client set and we only keep (calendar-color with its symbolic-color,
 * calendar-order, anything). Kept in Exchange by the mailbox layer as "{ns}name" -> the element's
 * XML, which declares its own namespaces.
 */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

const char *xc_deadprop_key(const char *ns, const char *name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "{", ns, "}", name, NULL);
}

const apr_table_t *xc_deadprop_all(const xc_dav_t *d, const xc_resource_t *r)
{
    switch (r->path.kind) {
    case XC_R_CALENDAR:
        return r->cal->props;
    case XC_R_OBJECT:
        return r->dead;
    case XC_R_PRINCIPAL:
    case XC_R_HOME:
    case XC_R_INBOX:
        return strcmp(r->path.address, xc_mailbox_address(d->mailbox)) ? NULL : d->mailbox_props;
    default:
        return NULL;
    }
}

const char *xc_deadprop_get(const xc_dav_t *d, const xc_resource_t *r, const char *key)
{
    const apr_table_t *all = xc_deadprop_all(d, r);
    const apr_array_header_t *rows = all ? apr_table_elts(all) : NULL;
    /* apr_table_get() would overlook case, which XML names have */
    for (int i = 0; rows && i < rows->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(rows, i, apr_table_entry_t).key, key))
            return APR_ARRAY_IDX(rows, i, apr_table_entry_t).val;
    return NULL;
}

void xc_deadprop_put(xc_xmlw_t *w, const char *key, const char *xml, int name_only, apr_pool_t *pool)
{
    const char *brace = strrchr(key, '}');
    if (!name_only)
        xc_xmlw_raw(w, xml);
    else if (*key == '{' && brace)
        xc_xmlw_element(w, apr_pstrmemdup(pool, key + 1, (apr_size_t)(brace - key - 1)), brace + 1, NULL);
}

const char *xc_deadprop_text(const xc_dav_t *d, const xc_resource_t *r, const char *key, apr_pool_t *pool)
{
    const char *xml = xc_deadprop_get(d, r, key);
    xmlNode *root;
    if (!xml || xc_xml_parse(&root, xml, strlen(xml), pool))
        return NULL;
    return xc_xml_text(root, pool);
}
