/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where somebody's calendars are that are not his own: the shortcuts of Outlook's navigation pane ([MS-OXOCFG] 2.2.9:
 * hidden messages of the Common Views folder), and what Autodiscover names.
 */
#include <apr_encode.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/autodiscover.h"
#include "exchange/ews/sharing.h"

/* More than anybody opens; each costs a question to the directory once a day. */
#define MAX_LINKS   50
#define REMEMBER_DN apr_time_from_sec(86400)

/* [MS-OXOCFG] 2.2.9.5, 2.2.9.14 */
#define WLINK_TYPE      "0x6849"
#define WLINK_SECTION   "0x6852"
#define WLINK_ENTRY     "0x6854" /* PidTagWlinkAddressBookEID: whose */
#define SHARED_FOLDER   "2"
#define CALENDARS       "3"

static void write_tag(xc_xmlw_t *w, const char *tag, const char *type)
{
    xc_xmlw_start(w, XC_NS_T, "ExtendedFieldURI");
    xc_xmlw_attr(w, "PropertyTag", tag);
    xc_xmlw_attr(w, "PropertyType", type);
    xc_xmlw_end(w);
}

/* The id of the folder that Outlook keeps its views in; NULL when the mailbox has none. */
static xc_error_t *common_views(const char **id, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *id = NULL;
    xc_ews_begin(&call, s, es, "FindFolder", pool);
    xc_xmlw_attr(call.w, "Traversal", "Shallow");
    xc_xmlw_start(call.w, XC_NS_M, "FolderShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Restriction");
    xc_xmlw_start(call.w, XC_NS_T, "IsEqualTo");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "folder:DisplayName");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_T, "FieldURIOrConstant");
    xc_xmlw_start(call.w, XC_NS_T, "Constant");
    xc_xmlw_attr(call.w, "Value", "Common Views"); /* the same in every language */
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_distinguished(call.w, s, "root", NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    const xmlNode *folders = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Folders");
    *id = xc_xml_attr(xc_xml_child(xc_xml_child(folders, NULL, NULL), NULL, "FolderId"), "Id", pool);
    return NULL;
}

static xc_error_t *find_links(xmlNode **items, const char *folder_id, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "FindItem", pool);
    xc_xmlw_attr(call.w, "Traversal", "Associated");
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call.w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "item:Subject");
    xc_xmlw_end(call.w);
    write_tag(call.w, WLINK_TYPE, "Integer");
    write_tag(call.w, WLINK_SECTION, "Integer");
    write_tag(call.w, WLINK_ENTRY, "Binary");
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "IndexedPageItemView");
    xc_xmlw_attr(call.w, "MaxEntriesReturned", "500");
    xc_xmlw_attr(call.w, "Offset", "0");
    xc_xmlw_attr(call.w, "BasePoint", "Beginning");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    *items = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Items");
    return NULL;
}

/* The distinguished name in an entry id of the address book ([MS-OXCDATA] 2.2.5.2); NULL when it is none. */
static const char *dn_of(const char *base64, apr_pool_t *pool)
{
    static const unsigned char provider[16] = {0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82};
    enum { HEAD = 28 }; /* flags, provider, version, type */
    apr_size_t len = 0;
    const unsigned char *raw = base64 ? apr_pdecode_base64_binary(pool, base64, APR_ENCODE_STRING, APR_ENCODE_NONE, &len) : NULL;
    if (!raw || len <= HEAD || memcmp(raw + 4, provider, sizeof provider))
        return NULL;
    const char *dn = apr_pstrmemdup(pool, (const char *)raw + HEAD, len - HEAD);
    for (const char *p = dn; *p; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
            return NULL;
    return *dn == '/' ? dn : NULL;
}

typedef struct link_t {
    const char *dn, *name, *address;
} link_t;

static apr_array_header_t *read_links(const xmlNode *items, apr_pool_t *pool)
{
    apr_array_header_t *links = apr_array_make(pool, 8, sizeof(link_t));
    for (xmlNode *i = xc_xml_child(items, NULL, NULL); i && links->nelts < MAX_LINKS; i = xc_xml_next(i, NULL, NULL)) {
        const char *type = xc_ews_tagged(i, WLINK_TYPE, pool), *section = xc_ews_tagged(i, WLINK_SECTION, pool);
        link_t link = {.dn = dn_of(xc_ews_tagged(i, WLINK_ENTRY, pool), pool), .name = xc_xml_child_text(i, NULL, "Subject", pool)};
        if (link.dn && type && strcmp(type, SHARED_FOLDER) == 0 && section && strcmp(section, CALENDARS) == 0)
            APR_ARRAY_PUSH(links, link_t) = link;
    }
    return links;
}

static const char *dn_key(const char *dn, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "address of ", dn, NULL);
}

/* Names to addresses: those not asked for today, side by side. */
static xc_error_t *resolve_links(apr_array_header_t *links, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xc_ews_call_t *calls = apr_pcalloc(pool, (apr_size_t)(links->nelts + 1) * sizeof *calls);
    int *of = apr_palloc(pool, (apr_size_t)(links->nelts + 1) * sizeof *of), n = 0;
    for (int i = 0; i < links->nelts; i++) {
        link_t *link = &APR_ARRAY_IDX(links, i, link_t);
        link->address = s->memo_get ? s->memo_get(s->memo_ctx, dn_key(link->dn, pool), pool) : NULL;
        if (link->address)
            continue;
        xc_ews_begin(&calls[n], s, es, "ResolveNames", pool);
        xc_xmlw_attr(calls[n].w, "ReturnFullContactData", "false");
        xc_xmlw_attr(calls[n].w, "SearchScope", "ActiveDirectory");
        xc_xmlw_element(calls[n].w, XC_NS_M, "UnresolvedEntry", link->dn);
        of[n++] = i;
    }
    if (n)
        XC_TRY(xc_ews_run(calls, n, s, es, pool));
    for (int i = 0; i < n; i++) {
        link_t *link = &APR_ARRAY_IDX(links, of[i], link_t);
        const xmlNode *message = calls[i].error ? NULL : xc_ews_messages(&calls[i]);
        const xmlNode *first = xc_xml_child(xc_xml_child(message, NULL, "ResolutionSet"), NULL, "Resolution");
        if (!first || xc_xml_next(first, NULL, "Resolution")) /* nobody, or nobody certain */
            continue;
        link->address = xc_ews_smtp(xc_xml_child(first, NULL, "Mailbox"), "EmailAddress", pool);
        if (link->address && s->memo_set)
            s->memo_set(s->memo_ctx, dn_key(link->dn, pool), link->address, REMEMBER_DN);
    }
    return NULL;
}

static void add_shared(apr_array_header_t *out, const char *address, const char *name, const xc_session_t *s)
{
    if (!address || (s->account && strcasecmp(address, s->account) == 0))
        return;
    for (int i = 0; i < out->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(out, i, xc_shared_t).address, address) == 0)
            return;
    APR_ARRAY_PUSH(out, xc_shared_t) = (xc_shared_t){.address = address, .name = name && *name ? name : NULL};
}

xc_error_t *xc_ews_shared(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    const char *views = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    apr_array_header_t *found = apr_array_make(pool, 8, sizeof(xc_shared_t)), *alternates;
    xc_error_t *err = common_views(&views, s, es, pool);
    if (!err && views) {
        xmlNode *items = NULL;
        err = find_links(&items, views, s, es, pool);
        if (!err) {
            apr_array_header_t *links = read_links(items, pool);
            err = resolve_links(links, s, es, pool);
            for (int i = 0; !err && i < links->nelts; i++)
                add_shared(found, APR_ARRAY_IDX(links, i, link_t).address, APR_ARRAY_IDX(links, i, link_t).name, s);
        }
    }
    if (err && (err->status == 401 || xc_error_is_passing(err)))
        return err;
    if (err) /* a mailbox that never met Outlook, or a server that hides its views: nothing is linked there */
        xc_log(s->log, XC_LOG_INFO, "the shortcuts of Outlook cannot be read: %s%s%s", err->message, err->code ? " " : "", err->code ? err->code : "");
    xc_autodiscover_alternates(&alternates, s, s->account, pool);
    for (int i = 0; i < alternates->nelts; i++)
        add_shared(found, APR_ARRAY_IDX(alternates, i, xc_shared_t).address, APR_ARRAY_IDX(alternates, i, xc_shared_t).name, s);
    *out = found;
    return NULL;
}

xc_error_t *xc_ews_calendars_of(xc_folder_t **folders, xc_session_t *s, const char *const *mailboxes, int n, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "GetFolder", pool);
    xc_ews_write_folder_shape(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    for (int i = 0; i < n; i++)
        xc_ews_write_distinguished(call.w, s, "calendar", mailboxes[i]);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_run_one(&call, s, es, pool));
    xmlNode *m = xc_ews_messages(&call);
    for (int i = 0; i < n; i++) {
        folders[i] = NULL;
        if (!m)
            continue;
        xc_error_t *err = xc_ews_message_error(m, s, es, pool);
        if (err && xc_error_is_passing(err))
            return err;
        xc_folder_t folder;
        const xmlNode *node = err ? NULL : xc_xml_child(xc_xml_child(m, NULL, "Folders"), NULL, NULL);
        if (node && xc_ews_read_folder(&folder, node, pool)) {
            folder.is_default = 1;
            folder.kind = XC_FOLDER_CALENDAR;
            folders[i] = apr_pmemdup(pool, &folder, sizeof folder);
        }
        m = xc_xml_next(m, NULL, NULL);
    }
    return NULL;
}
