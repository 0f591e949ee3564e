/* SPDX-License-Identifier: Apache-2.0 */
/* The directory: ResolveNames, ExpandDL, GetRoomLists and GetRooms. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/ews.h"
#include "exchange/people.h"

#define DEFAULT_PARALLEL 4
#define MAX_ROOM_LISTS   200

/* ---- an entry ---- */

/* "SMTP:bob@contoso.example" of a contact's addresses: the primary one is written in capitals. */
static const char *contact_address(const xmlNode *contact, apr_pool_t *pool)
{
    const char *any = NULL;
    const xmlNode *list = xc_xml_child(contact, NULL, "EmailAddresses");
    for (const xmlNode *e = xc_xml_child(list, NULL, "Entry"); e; e = xc_xml_next(e, NULL, "Entry")) {
        const char *text = xc_xml_text(e, pool);
        if (strncmp(text, "SMTP:", 5) == 0)
            return text + 5;
        if (!any && strncmp(text, "smtp:", 5) == 0)
            any = text + 5;
        else if (!any && strchr(text, '@') && !strchr(text, ':'))
            any = text;
    }
    return any;
}

static xc_entry_kind_e kind_of(const char *type)
{
    static const struct {
        const char *type;
        xc_entry_kind_e kind;
    } kinds[] = {{"PublicDL", XC_ENTRY_LIST},   {"PrivateDL", XC_ENTRY_LIST},     {"GroupMailbox", XC_ENTRY_LIST},
                 {"Contact", XC_ENTRY_OTHER},   {"PublicFolder", XC_ENTRY_OTHER}, {"OneOff", XC_ENTRY_OTHER},
                 {"ImplicitContact", XC_ENTRY_OTHER}};
    for (apr_size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].kind;
    return XC_ENTRY_PERSON;
}

static const char *text_or_null(const xmlNode *node, const char *name, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(node, NULL, name, pool);
    return text && *text ? text : NULL;
}

/* A t:EmailAddressType, with the t:Contact that may stand beside it. @return 0 when it has no SMTP address */
static int read_entry(xc_entry_t *out, const xmlNode *mailbox, const xmlNode *contact, apr_pool_t *pool)
{
    const char *address = text_or_null(mailbox, "EmailAddress", pool), *type = text_or_null(mailbox, "RoutingType", pool);
    memset(out, 0, sizeof *out);
    if (!address || !strchr(address, '@') || (type && strcasecmp(type, "SMTP")))
        address = contact_address(contact, pool);
    if (!address || !(out->address = xc_mailto_address(address, pool)))
        return 0;
    out->given_name = text_or_null(contact, "GivenName", pool);
    out->surname = text_or_null(contact, "Surname", pool);
    out->name = text_or_null(mailbox, "Name", pool);
    if (!out->name)
        out->name = text_or_null(contact, "DisplayName", pool);
    if (!out->name)
        out->name = out->address;
    out->kind = kind_of(text_or_null(mailbox, "MailboxType", pool));
    return 1;
}

static void add_entry(apr_array_header_t *list, const xc_entry_t *e, int max)
{
    for (int i = 0; i < list->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(list, i, xc_entry_t).address, e->address) == 0)
            return;
    if (list->nelts < max)
        APR_ARRAY_PUSH(list, xc_entry_t) = *e;
}

static int is_code(const xc_error_t *err, const char *code)
{
    return err && err->code && strcmp(err->code, code) == 0;
}

/* ---- ResolveNames, ExpandDL ---- */

xc_error_t *xc_ews_people_resolve(apr_array_header_t **out, int *more, xc_session_t *s, const char *text, apr_pool_t *pool)
{
    const xc_ews_state_t *state;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *out = apr_array_make(pool, 8, sizeof(xc_entry_t));
    *more = 0;
    XC_TRY(xc_ews_state(&state, s, pool));
    xc_ews_begin(&call, s, state, "ResolveNames", pool);
    xc_xmlw_attr(call.w, "ReturnFullContactData", "true");
    xc_xmlw_attr(call.w, "SearchScope", "ActiveDirectory");
    xc_xmlw_element(call.w, XC_NS_M, "UnresolvedEntry", text);
    xc_error_t *err = xc_ews_single(&message, &call, s, state, pool);
    if (is_code(err, "ErrorNameResolutionNoResults") || is_code(err, "ErrorNameResolutionNoMailbox"))
        return NULL;
    XC_TRY(err);
    const xmlNode *set = xc_xml_child(message, NULL, "ResolutionSet");
    const char *last = xc_xml_attr(set, "IncludesLastItemInRange", pool);
    *more = last && !xc_ews_is_true(last);
    for (const xmlNode *r = xc_xml_child(set, NULL, "Resolution"); r; r = xc_xml_next(r, NULL, "Resolution")) {
        xc_entry_t e;
        if (read_entry(&e, xc_xml_child(r, NULL, "Mailbox"), xc_xml_child(r, NULL, "Contact"), pool))
            add_entry(*out, &e, XC_PEOPLE_MAX_FOUND);
    }
    return NULL;
}

xc_error_t *xc_ews_people_expand_list(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *pool)
{
    const xc_ews_state_t *state;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&state, s, pool));
    xc_ews_begin(&call, s, state, "ExpandDL", pool);
    xc_xmlw_start(call.w, XC_NS_M, "Mailbox");
    xc_xmlw_element(call.w, XC_NS_T, "EmailAddress", address);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, state, pool));
    const xmlNode *list = xc_xml_child(message, NULL, "DLExpansion");
    *out = apr_array_make(pool, 8, sizeof(xc_entry_t));
    for (const xmlNode *m = xc_xml_child(list, NULL, "Mailbox"); m; m = xc_xml_next(m, NULL, "Mailbox")) {
        xc_entry_t e;
        if (read_entry(&e, m, NULL, pool))
            add_entry(*out, &e, XC_PEOPLE_MAX_MEMBERS);
    }
    return NULL;
}

/* ---- rooms (2010 and later) ---- */

static xc_error_t *room_lists(apr_array_header_t **out, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    xc_ews_call_t call;
    *out = apr_array_make(pool, 8, sizeof(const char *));
    xc_ews_begin(&call, s, state, "GetRoomLists", pool);
    XC_TRY(xc_ews_run_one(&call, s, state, pool));
    XC_TRY(xc_ews_message_error(call.response, s, state, pool)); /* the response is its own message */
    const xmlNode *lists = xc_xml_child(call.response, NULL, "RoomLists");
    for (const xmlNode *l = xc_xml_child(lists, NULL, "Address"); l && (*out)->nelts < MAX_ROOM_LISTS; l = xc_xml_next(l, NULL, "Address")) {
        const char *address = text_or_null(l, "EmailAddress", pool);
        if (address)
            APR_ARRAY_PUSH(*out, const char *) = address;
    }
    return NULL;
}

static void begin_rooms(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, const char *list, apr_pool_t *pool)
{
    xc_ews_begin(call, s, state, "GetRooms", pool);
    xc_xmlw_start(call->w, XC_NS_M, "RoomList");
    xc_xmlw_element(call->w, XC_NS_T, "EmailAddress", list);
    xc_xmlw_end(call->w);
}

static void read_rooms(apr_array_header_t *out, const xc_ews_call_t *call, apr_pool_t *pool)
{
    const xmlNode *rooms = xc_xml_child(call->response, NULL, "Rooms");
    for (const xmlNode *room = xc_xml_child(rooms, NULL, "Room"); room; room = xc_xml_next(room, NULL, "Room")) {
        xc_entry_t e;
        if (!read_entry(&e, xc_xml_child(room, NULL, "Id"), NULL, pool))
            continue;
        e.kind = XC_ENTRY_ROOM;
        add_entry(out, &e, XC_PEOPLE_MAX_MEMBERS);
    }
}

xc_error_t *xc_ews_people_rooms(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool)
{
    const xc_ews_state_t *state;
    apr_array_header_t *lists;
    int parallel = s->cfg->parallel > 0 ? s->cfg->parallel : DEFAULT_PARALLEL;
    *out = apr_array_make(pool, 16, sizeof(xc_entry_t));
    XC_TRY(xc_ews_state(&state, s, pool));
    if (!state->version->zones)
        return NULL; /* 2007 knows no room lists */
    XC_TRY(room_lists(&lists, s, state, pool));
    for (int from = 0; from < lists->nelts; from += parallel) {
        int n = lists->nelts - from < parallel ? lists->nelts - from : parallel;
        xc_ews_call_t *calls = apr_pcalloc(pool, (apr_size_t)n * sizeof *calls);
        for (int i = 0; i < n; i++)
            begin_rooms(&calls[i], s, state, APR_ARRAY_IDX(lists, from + i, const char *), pool);
        XC_TRY(xc_ews_run(calls, n, s, state, pool));
        for (int i = 0; i < n; i++) {
            xc_error_t *err = calls[i].error ? calls[i].error : xc_ews_message_error(calls[i].response, s, state, pool);
            /* one list that is gone or hidden does not hide the others */
            if (err && (err->status == 401 || xc_error_is_passing(err)))
                return err;
            if (!err)
                read_rooms(*out, &calls[i], pool);
        }
    }
    return NULL;
}
