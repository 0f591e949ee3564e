/* SPDX-License-Identifier: Apache-2.0 */
/* Dead properties: a table of "{ns}name" to XML text, kept in Exchange as one JSON string. */
#include "mailbox/mailbox_priv.h"

#include "base/xml.h"

#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

/*
 * Is this the XML of that property and nothing else? Whoever may write to a folder or item in Exchange may write
 * there what they like, and it goes into answers as it is.
 */
static int is_property(const char *name, const char *xml, apr_pool_t *pool)
{
    xmlNode *root = NULL;
    apr_pool_t *sub;
    int good;

    /* no declaration: that is for the beginning of a document */
    if (xml[0] != '<' || xml[1] == '?' || xml[1] == '!' || apr_pool_create(&sub, pool) != APR_SUCCESS)
        return 0;
    good = !xc_xml_parse(&root, xml, strlen(xml), sub) &&
           strcmp(apr_pstrcat(sub, "{", xc_xml_ns(root), "}", (const char *)root->name, NULL), name) == 0;
    apr_pool_destroy(sub);
    return good;
}

apr_table_t *xc_props_parse(const char *text, apr_pool_t *pool)
{
    apr_table_t *props = apr_table_make(pool, 8);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(root)) {
        const char *name;
        json_t *value;
        json_object_foreach(root, name, value) {
            /* added, not set: a table overlooks case, which property names have */
            if (json_is_string(value) && is_property(name, json_string_value(value), pool))
                apr_table_add(props, name, json_string_value(value));
        }
    }
    json_decref(root);
    return props;
}

const char *xc_props_format(const apr_table_t *props, apr_pool_t *pool)
{
    const apr_array_header_t *rows = apr_table_elts(props);
    if (rows->nelts == 0)
        return "";
    json_t *root = json_object();
    for (int i = 0; i < rows->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(rows, i, apr_table_entry_t);
        /* what is not UTF-8 is not set: json_string() gives NULL for it */
        json_object_set_new(root, e->key, json_string(e->val));
    }
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    const char *out = text ? apr_pstrdup(pool, text) : "";
    free(text);
    return out;
}

/* A table compares keys without case; property names are case-sensitive. */
static void set_exact(apr_table_t *props, const char *name, const char *xml)
{
    const apr_array_header_t *rows = apr_table_elts(props);
    for (int i = 0; i < rows->nelts; i++) {
        apr_table_entry_t *e = &APR_ARRAY_IDX(rows, i, apr_table_entry_t);
        if (strcmp(e->key, name) == 0) {
            e->val = (char *)xml;
            return;
        }
    }
    apr_table_addn(props, name, xml);
}

apr_table_t *xc_props_merge(const apr_table_t *props, const apr_table_t *set, const apr_array_header_t *removed, apr_pool_t *pool)
{
    apr_table_t *out = apr_table_make(pool, 8);
    const apr_array_header_t *old = apr_table_elts(props);
    for (int i = 0; i < old->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(old, i, apr_table_entry_t);
        int gone = 0;
        for (int k = 0; removed && k < removed->nelts && !gone; k++)
            gone = strcmp(e->key, APR_ARRAY_IDX(removed, k, const char *)) == 0;
        if (!gone)
            apr_table_addn(out, e->key, e->val);
    }
    if (set) {
        const apr_array_header_t *rows = apr_table_elts(set);
        for (int i = 0; i < rows->nelts; i++) {
            const apr_table_entry_t *e = &APR_ARRAY_IDX(rows, i, apr_table_entry_t);
            set_exact(out, e->key, e->val);
        }
    }
    return out;
}

xc_error_t *xc_props_encode(const char **out, const apr_table_t *props, apr_pool_t *pool)
{
    *out = xc_props_format(props, pool);
    if (strlen(*out) > XC_PROPS_MAX_BYTES)
        return xc_error_make(pool, 507, XC_COND_SUFFICIENT_DISK_SPACE, "The properties of one resource may take at most %d bytes.",
                             XC_PROPS_MAX_BYTES);
    return NULL;
}
