/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Principals: the account's own, and what the directory tells of other people, rooms and lists. Nothing is told of
 * anybody but what is in the directory.
 */
#include "dav/people.h"

#include <apr_strings.h>
#include <string.h>

/* Principals that one request may look up one by one. */
#define MAX_ASKED 100

static xc_error_t *nobody(xc_dav_t *d)
{
    return xc_error_make(d->pool, 404, XC_COND_NONE, "There is nothing at this path.");
}

xc_path_t xc_person_path(const xc_dav_t *d, const char *address)
{
    xc_path_t path = xc_resource_path(d, XC_R_PRINCIPAL);
    path.address = address;
    return path;
}

xc_resource_t *xc_person_resource(xc_dav_t *d, const xc_entry_t *entry)
{
    xc_resource_t *r = apr_pcalloc(d->pool, sizeof(*r));
    r->path = xc_person_path(d, entry->address);
    if (!xc_resource_is_own(d, &r->path)) {
        r->person = entry;
        apr_hash_set(d->people, entry->address, APR_HASH_KEY_STRING, entry);
    }
    return r;
}

xc_error_t *xc_person_find(xc_resource_t **out, xc_dav_t *d, const char *address)
{
    xc_path_t path = xc_person_path(d, address);
    xc_entry_t *entry = NULL;
    *out = NULL;
    if (xc_resource_is_own(d, &path)) {
        *out = apr_pcalloc(d->pool, sizeof(**out));
        (*out)->path = path;
        return NULL;
    }
    const xc_entry_t *met = apr_hash_get(d->people, address, APR_HASH_KEY_STRING);
    if (!met) {
        if (d->people_asked++ >= MAX_ASKED)
            return nobody(d);
        xc_error_t *err = xc_people_entry(&entry, d->req->mailbox, address, d->pool);
        if (err && err->status != 501 && err->status != 403)
            return err;
        if (err || !entry || strcmp(entry->address, address))
            return nobody(d);
        met = entry;
    }
    *out = xc_person_resource(d, met);
    return NULL;
}

const xc_entry_t *xc_person_self(xc_dav_t *d)
{
    xc_entry_t *self = apr_pcalloc(d->pool, sizeof(*self));
    self->address = xc_mailbox_address(d->req->mailbox);
    self->name = xc_mailbox_display_name(d->req->mailbox);
    self->kind = XC_ENTRY_PERSON;
    return self;
}

const char *xc_person_type(const xc_entry_t *entry)
{
    switch (entry ? entry->kind : XC_ENTRY_PERSON) {
    case XC_ENTRY_ROOM:
        return "ROOM";
    case XC_ENTRY_RESOURCE:
        return "RESOURCE";
    case XC_ENTRY_LIST:
        return "GROUP";
    default:
        return "INDIVIDUAL";
    }
}

int xc_person_has_calendar(const xc_entry_t *entry)
{
    return !entry || (entry->kind != XC_ENTRY_LIST && entry->kind != XC_ENTRY_OTHER);
}

/* What could not be learned is not there; but what cannot be reached at all is no answer. */
static xc_error_t *passing_only(xc_error_t *err)
{
    return err && (err->status == 401 || xc_error_is_passing(err)) ? err : NULL;
}

xc_error_t *xc_person_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs)
{
    xc_mailbox_t *m = d->req->mailbox;
    if ((needs & XC_P_MEMBERS) && r->person && r->person->kind == XC_ENTRY_LIST && !r->members) {
        xc_error_t *err = xc_people_members(&r->members, m, r->path.address, d->pool);
        XC_TRY(passing_only(err));
        for (int i = 0; !err && i < r->members->nelts; i++) {
            const xc_entry_t *e = &APR_ARRAY_IDX(r->members, i, xc_entry_t);
            apr_hash_set(d->people, e->address, APR_HASH_KEY_STRING, e);
        }
    }
    if ((needs & XC_P_HOURS) && !r->hours && xc_person_has_calendar(r->person))
        XC_TRY(passing_only(xc_people_hours(&r->hours, m, r->path.address, d->pool)));
    return NULL;
}

/* ---- properties ---- */

static const char *const *addresses_of(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    const char **one;
    if (!r->person)
        return xc_mailbox_addresses(d->req->mailbox, pool);
    one = apr_pcalloc(pool, 2 * sizeof(*one));
    one[0] = r->person->address;
    return one;
}

/* Mail addresses, and the principal's own URL, by which clients find people among attendees. */
static void put_user_addresses(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    const char *const *addresses = addresses_of(d, r, pool);
    for (int i = 0; addresses[i]; i++) {
        xc_xmlw_start(w, XC_NS_DAV, "href");
        if (i == 0)
            xc_xmlw_attr(w, "preferred", "1");
        xc_xmlw_text(w, apr_pstrcat(pool, "mailto:", addresses[i], NULL));
        xc_xmlw_end(w);
    }
    xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &r->path, pool));
}

static void put_user_type(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, xc_person_type(r->person));
}

static void put_email_addresses(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    const char *const *addresses = addresses_of(d, r, pool);
    for (int i = 0; addresses[i]; i++)
        xc_xmlw_element(w, XC_NS_CS, "email-address", addresses[i]);
}

static int has_first_name(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->person && r->person->given_name ? 200 : 404;
}

static void put_first_name(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, r->person->given_name);
}

static int has_last_name(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->person && r->person->surname ? 200 : 404;
}

static void put_last_name(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, r->person->surname);
}

/* As CalendarServer calls the kinds of its directory. */
static void put_record_type(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    switch (r->person ? r->person->kind : XC_ENTRY_PERSON) {
    case XC_ENTRY_ROOM:
        xc_xmlw_text(w, "locations");
        break;
    case XC_ENTRY_RESOURCE:
        xc_xmlw_text(w, "resources");
        break;
    case XC_ENTRY_LIST:
        xc_xmlw_text(w, "groups");
        break;
    default:
        xc_xmlw_text(w, "users");
    }
}

static int has_home(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return xc_person_has_calendar(r->person) ? 200 : 404;
}

static apr_array_header_t *ref_home(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_path_t));
    xc_path_t *path = apr_array_push(refs);
    *path = xc_resource_path(d, XC_R_HOME);
    path->address = r->path.address;
    return refs;
}

static apr_array_header_t *ref_members(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 8, sizeof(xc_path_t));
    for (int i = 0; r->members && i < r->members->nelts; i++)
        APR_ARRAY_PUSH(refs, xc_path_t) = xc_person_path(d, APR_ARRAY_IDX(r->members, i, xc_entry_t).address);
    return refs;
}

static int has_hours(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->hours ? 200 : 404;
}

/*
 * Working hours, as Exchange keeps them with the mailbox. They can be read only: EWS has no way to set them that Outlook
 * would follow.
 */
static void put_hours(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, xc_working_hours_text(r->hours, r->path.address, pool));
}

const xc_liveprop_t xc_props_people[] = {
    { XC_NS_CALDAV, "calendar-home-set", XC_R_PRINCIPAL, 0, has_home, NULL, ref_home, NULL },
    { XC_NS_CALDAV, "calendar-user-address-set", XC_R_PRINCIPAL, 0, NULL, put_user_addresses, NULL, NULL },
    { XC_NS_CALDAV, "calendar-user-type", XC_R_PRINCIPAL, 0, NULL, put_user_type, NULL, NULL },
    { XC_NS_CS, "email-address-set", XC_R_PRINCIPAL, 0, NULL, put_email_addresses, NULL, NULL },
    { XC_NS_CS, "first-name", XC_R_PRINCIPAL, 0, has_first_name, put_first_name, NULL, NULL },
    { XC_NS_CS, "last-name", XC_R_PRINCIPAL, 0, has_last_name, put_last_name, NULL, NULL },
    { XC_NS_CS, "record-type", XC_R_PRINCIPAL, 0, NULL, put_record_type, NULL, NULL },
    { XC_NS_DAV, "group-member-set", XC_R_PRINCIPAL, XC_P_MEMBERS, NULL, NULL, ref_members, NULL },
    { XC_NS_CALDAV, "calendar-availability", XC_R_INBOX, XC_P_HOURS, has_hours, put_hours, NULL, NULL },
    { XC_NS_CS, "calendar-availability", XC_R_PRINCIPAL | XC_R_INBOX, XC_P_HOURS, has_hours, put_hours, NULL, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
