/* SPDX-License-Identifier: Apache-2.0 */
/* The calendars of a mailbox: their names in URLs, their properties, making and removing them. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"
#include "base/xml.h"

#define XC_DISPLAYNAME "{DAV:}displayname"

/* Segments of a home that are not further calendars (interfaces: tasks/, inbox/, outbox/). */
static const char *const reserved_segments[] = {"calendar", "tasks", "inbox", "outbox", NULL};

static int segment_reserved(const char *segment)
{
    for (int i = 0; reserved_segments[i]; i++)
        if (strcasecmp(reserved_segments[i], segment) == 0)
            return 1;
    return 0;
}

/* Exchange counts characters (255), a path bytes: what is left of a long name, with room for a suffix. */
#define SEGMENT_CUT_BYTES 200

static char *cut_segment(const char *segment, apr_pool_t *pool)
{
    apr_size_t n = SEGMENT_CUT_BYTES;
    while (n > 0 && ((unsigned char)segment[n] & 0xc0) == 0x80)
        n--;
    return apr_pstrmemdup(pool, segment, n);
}

/* A display name as a path segment: no slash, no control character, not "." or "..". */
const char *xc_segment_from_name(const char *name, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, name);
    for (char *p = out; *p; p++)
        if (*p == '/' || *p == '\\' || (unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '_';
    if (!*out || strcmp(out, ".") == 0 || strcmp(out, "..") == 0)
        return "_";
    return out;
}

xc_calendar_t *xc_segment_find(const apr_array_header_t *calendars, const char *segment)
{
    for (int i = 0; i < calendars->nelts; i++) {
        xc_calendar_t *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        if (strcmp(cal->segment, segment) == 0)
            return cal;
    }
    return NULL;
}

/* The name a client set on the default calendar, which is not renamed in Exchange. */
const char *xc_override_name(const apr_table_t *props, apr_pool_t *pool)
{
    const char *xml = apr_table_get((apr_table_t *)props, XC_DISPLAYNAME);
    xmlNode *node = NULL;
    if (!xml || xc_xml_parse(&node, xml, strlen(xml), pool))
        return NULL;
    const char *text = xc_xml_text(node, pool);
    return text && *text ? text : NULL;
}

int xc_calendar_is_tasks(const xc_calendar_t *cal)
{
    return (cal->components & XC_COMP_VTODO) != 0;
}

const char *xc_calendar_noun(const xc_calendar_t *cal)
{
    return xc_calendar_is_tasks(cal) ? "task" : "event";
}

xc_item_ref_t xc_calendar_ref(const xc_calendar_t *cal, const xc_item_t *item)
{
    return (xc_item_ref_t){.id = item->id, .change_key = item->change_key, .uid = item->uid, .href = item->href, .task = xc_calendar_is_tasks(cal)};
}

/* own_props: of the account's root, when the mailbox is somebody else's; NULL = none */
static void add_calendar(xc_mailbox_t *m, const xc_folder_t *folder, const apr_table_t *own_props)
{
    xc_calendar_t *cal = apr_pcalloc(m->pool, sizeof *cal);
    cal->mailbox = m;
    cal->folder = *folder;
    cal->components = folder->kind == XC_FOLDER_TASKS ? XC_COMP_VTODO : XC_COMP_VEVENT;
    cal->props = xc_props_parse(folder->props, m->pool);
    if (own_props)
        cal->props = xc_props_merge(cal->props, xc_personal_props(m, folder->id, own_props, m->pool), NULL, m->pool);
    const char *name = xc_override_name(cal->props, m->pool);
    if (name)
        cal->folder.display_name = name;
    if (folder->is_default) {
        cal->segment = folder->kind == XC_FOLDER_TASKS ? "tasks" : "calendar";
    } else {
        cal->segment = folder->href ? xc_segment_from_name(folder->href, m->pool) : xc_segment_from_name(folder->display_name, m->pool);
        int is_long = strlen(cal->segment) > XC_NAME_MAX_BYTES;
        if (is_long)
            cal->segment = cut_segment(cal->segment, m->pool);
        if (is_long || segment_reserved(cal->segment) || xc_segment_find(m->calendars, cal->segment))
            cal->segment = apr_pstrcat(m->pool, cal->segment, "~", xc_crypt_hex(m->pool, 3, folder->id, NULL), NULL);
    }
    cal->key.origin = m->origin;
    cal->key.account = m->session->account;
    cal->key.mailbox = m->owner;
    /* with and without its private events it is another calendar: what is kept of the one is not for the other */
    if (xc_calendar_hides_private(cal))
        cal->key.mailbox = apr_pstrcat(m->pool, m->owner, " without private events", NULL);
    cal->key.folder = folder->id;
    APR_ARRAY_PUSH(m->calendars, xc_calendar_t *) = cal;
}

static void make_calendars(xc_mailbox_t *m, const apr_table_t *own_props)
{
    m->calendars = apr_array_make(m->pool, m->folders->nelts, sizeof(xc_calendar_t *));
    /* names that clients gave go before names that merely follow from a display name, so that a
     * folder made in Outlook never takes a client's URL */
    for (int pass = 0; pass < 4; pass++) {
        for (int i = 0; i < m->folders->nelts; i++) {
            const xc_folder_t *f = &APR_ARRAY_IDX(m->folders, i, xc_folder_t);
            int is_tasks = f->kind == XC_FOLDER_TASKS && m->session->backend->tasks;
            int turn = f->is_default ? is_tasks : f->href ? 2 : 3;
            int shown = f->kind == XC_FOLDER_CALENDAR || is_tasks;
            if (shown && turn == pass)
                add_calendar(m, f, own_props);
        }
    }
}

static xc_error_t *load_calendars(xc_mailbox_t *m, int force, apr_pool_t *pool)
{
    XC_TRY(xc_home_load(m, force, pool));
    if (!m->calendars) {
        const char *props = NULL;
        if (!xc_mailbox_is_own(m))
            XC_TRY(xc_home_root_props(&props, m->own, pool));
        make_calendars(m, props ? xc_props_parse(props, pool) : NULL);
    }
    return NULL;
}

xc_error_t *xc_mailbox_calendars(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    *out = NULL;
    XC_TRY(load_calendars(m, 0, pool));
    XC_TRY(xc_mounts_add(m, pool));
    *out = m->calendars;
    return NULL;
}

xc_error_t *xc_mailbox_calendar(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, apr_pool_t *pool)
{
    *out = NULL;
    XC_TRY(load_calendars(m, 0, pool));
    *out = xc_segment_find(m->calendars, segment);
    if (!*out && strchr(segment, ':')) { /* as those that lie elsewhere are called */
        XC_TRY(xc_mounts_add(m, pool));
        *out = xc_segment_find(m->calendars, segment);
    }
    if (!*out && !m->folders_asked && !segment_reserved(segment)) {
        /* made in Outlook or through another gateway since the list was read */
        XC_TRY(load_calendars(m, 1, pool));
        *out = xc_segment_find(m->calendars, segment);
    }
    return NULL;
}

/* In somebody else's mailbox, new calendars are made below his own one where he lets others make some. */
static xc_error_t *allow_create(xc_mailbox_t *m, int components, apr_pool_t *pool)
{
    const xc_calendar_t *parent = xc_segment_find(m->calendars, components & XC_COMP_VTODO ? "tasks" : "calendar");
    if (xc_mailbox_is_own(m) || (parent && (parent->folder.rights & XC_RIGHT_CREATE_FOLDER)))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Exchange does not let you make calendars in the mailbox of %s.", m->owner);
}

xc_error_t *xc_calendar_create(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, const char *display_name, int components,
                               apr_table_t *props, apr_pool_t *pool)
{
    *out = NULL;
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
    if (segment_reserved(segment) || strcmp(xc_segment_from_name(segment, pool), segment))
        return xc_error_make(pool, 403, XC_COND_CALENDAR_COLLECTION_LOCATION_OK, "A calendar cannot be named \"%s\".", segment);
    XC_TRY(load_calendars(m, 1, pool));
    XC_TRY(allow_create(m, components, pool));
    if (xc_segment_find(m->calendars, segment))
        return xc_error_make(pool, 405, XC_COND_RESOURCE_MUST_BE_NULL, "There is a calendar of that name already.");
    xc_folder_t wanted = {.kind = components & XC_COMP_VTODO ? XC_FOLDER_TASKS : XC_FOLDER_CALENDAR, .href = segment};
    const char *encoded = NULL;
    XC_TRY(xc_props_encode(&encoded, props ? props : apr_table_make(pool, 1), pool));
    wanted.props = *encoded ? encoded : NULL;
    if (!display_name || !*display_name)
        display_name = segment;
    xc_folder_t *made = NULL;
    xc_error_t *err = NULL;
    /* Exchange wants distinct names of siblings, CalDAV does not: a taken one gets a number */
    for (int n = 1; n <= 9; n++) {
        wanted.display_name = n == 1 ? display_name : apr_psprintf(pool, "%s (%d)", display_name, n);
        err = m->session->backend->folder_create(&made, m->session, m->owner, &wanted, pool);
        if (!err || err->status != 405)
            break;
    }
    if (err)
        return xc_error_context(err, pool, "making the calendar %s", segment);
    xc_home_expire(m, pool);
    XC_TRY(load_calendars(m, 1, pool));
    *out = xc_segment_find(m->calendars, segment);
    if (!*out)
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange made the calendar but does not list it.");
    return NULL;
}

xc_error_t *xc_calendar_delete(xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    if (cal->unsynced)
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Public folders are not removed here.");
    if (cal->folder.is_default)
        return xc_error_make(pool, 403, XC_COND_CANNOT_REMOVE, "The default calendar and task list of a mailbox cannot be removed.");
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
    if (!(cal->folder.rights & XC_RIGHT_DELETE))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "Exchange does not let you remove the calendar \"%s\".",
                             cal->folder.display_name);
    xc_error_t *err = m->session->backend->folder_delete(m->session, m->owner, cal->folder.id, pool);
    if (err && err->status != 404)
        return xc_error_context(err, pool, "removing the calendar %s", cal->segment);
    xc_error_t *forget = xc_store_forget(m->store, &cal->key, pool);
    xc_home_expire(m, pool);
    return err ? err : forget;
}

/* A name that is not the folder's in Exchange. */
static xc_error_t *set_name(apr_table_t *set, const char *display_name, apr_pool_t *pool)
{
    xc_buf_t *buf = xc_buf_make(pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, pool);
    xmlNode *node = NULL;
    xc_xmlw_ns(w, "D", XC_NS_DAV);
    xc_xmlw_element(w, XC_NS_DAV, "displayname", display_name);
    XC_TRY(xc_xmlw_finish(w, pool));
    XC_TRY(xc_xml_parse(&node, buf->data, buf->len, pool));
    apr_table_setn(set, XC_DISPLAYNAME, xc_xml_serialize(node, pool)); /* without the head of a document */
    return NULL;
}

static xc_error_t *set_personal(xc_calendar_t *cal, const char *display_name, const apr_table_t *set, const apr_array_header_t *removed,
                                apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    const char *root = NULL;
    apr_table_t *all_set = set ? apr_table_copy(pool, set) : apr_table_make(pool, 1);
    if (display_name)
        XC_TRY(set_name(all_set, display_name, pool));
    xc_mailbox_t *own = m->own ? m->own : m;
    XC_TRY(xc_home_load(own, 0, pool));
    XC_TRY(xc_home_root_props(&root, own, pool));
    apr_table_t *props = xc_props_merge(xc_personal_props(m, cal->folder.id, xc_props_parse(root, pool), pool), all_set, removed, pool);
    XC_TRY(xc_personal_set(m, cal->folder.id, props, pool));
    cal->props = xc_props_merge(cal->props, all_set, removed, m->pool);
    if (display_name)
        cal->folder.display_name = apr_pstrdup(m->pool, display_name);
    return NULL;
}

xc_error_t *xc_calendar_set_props(xc_calendar_t *cal, const char *display_name, apr_table_t *set, apr_array_header_t *removed,
                                  apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
    if (!xc_mailbox_is_own(m) || cal->unsynced)
        return set_personal(cal, display_name, set, removed, pool);
    xc_folder_t change = {.id = cal->folder.id, .change_key = cal->folder.change_key, .kind = cal->folder.kind};
    apr_table_t *all_set = set ? apr_table_copy(pool, set) : apr_table_make(pool, 1);
    if (display_name && cal->folder.is_default)
        XC_TRY(set_name(all_set, display_name, pool));
    else if (display_name && strcmp(display_name, cal->folder.display_name)) {
        change.display_name = display_name;
        /* the URL must not follow the new name */
        change.href = cal->segment;
    }
    apr_table_t *props = xc_props_merge(cal->props, all_set, removed, pool);
    XC_TRY(xc_props_encode(&change.props, props, pool));
    xc_error_t *err = m->session->backend->folder_update(m->session, m->owner, &change, pool);
    if (err)
        return xc_error_context(err, pool, "properties of %s", cal->segment);
    cal->props = apr_table_clone(m->pool, props);
    if (display_name)
        cal->folder.display_name = apr_pstrdup(m->pool, display_name);
    xc_home_patch(m, &change, pool);
    return NULL;
}

static const xc_folder_t *root_folder(const xc_mailbox_t *m)
{
    for (int i = 0; i < m->folders->nelts; i++) {
        const xc_folder_t *f = &APR_ARRAY_IDX(m->folders, i, xc_folder_t);
        if (f->kind == XC_FOLDER_ROOT)
            return f;
    }
    return NULL;
}

xc_error_t *xc_mailbox_props(apr_table_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    *out = NULL;
    XC_TRY(xc_home_load(m, 0, pool));
    const xc_folder_t *root = root_folder(m);
    *out = apr_table_make(pool, 8);
    const apr_array_header_t *rows = apr_table_elts(xc_props_parse(root ? root->props : NULL, pool));
    for (int i = 0; i < rows->nelts; i++)
        if (!xc_personal_is_key(APR_ARRAY_IDX(rows, i, apr_table_entry_t).key))
            apr_table_addn(*out, APR_ARRAY_IDX(rows, i, apr_table_entry_t).key, APR_ARRAY_IDX(rows, i, apr_table_entry_t).val);
    return NULL;
}

xc_error_t *xc_mailbox_set_props(xc_mailbox_t *m, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool)
{
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
    if (!xc_mailbox_is_own(m))
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "The properties of a home are its owner's.");
    XC_TRY(xc_home_load(m, 0, pool));
    const xc_folder_t *root = root_folder(m);
    if (!root)
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange does not show the root of this mailbox.");
    xc_folder_t change = {.id = root->id, .change_key = root->change_key, .kind = XC_FOLDER_ROOT};
    apr_table_t *props = xc_props_merge(xc_props_parse(root->props, pool), set, removed, pool);
    XC_TRY(xc_props_encode(&change.props, props, pool));
    XC_TRY(m->session->backend->folder_update(m->session, m->owner, &change, pool));
    xc_home_patch(m, &change, pool);
    return NULL;
}
