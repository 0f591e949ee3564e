/* SPDX-License-Identifier: Apache-2.0 */
/* Writing one object: PUT, DELETE, its dead properties. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"
#include "cal/schedule.h"

static xc_error_t *check_component(const xc_calendar_t *cal, const xc_object_t *obj, apr_pool_t *pool)
{
    if (!(xc_object_component(obj) & cal->components))
        return xc_error_make(pool, 403, XC_COND_SUPPORTED_CALENDAR_COMPONENT, "This calendar holds %s only.",
                             xc_calendar_is_tasks(cal) ? "tasks (VTODO)" : "events (VEVENT)");
    return NULL;
}

/* RFC 4791 5.3.2.1: one UID names one resource of a calendar, and a resource keeps its UID. */
static xc_error_t *check_uid(xc_calendar_t *cal, const char *href, const xc_item_t *present, const char *uid, apr_pool_t *pool)
{
    xc_item_t *other = NULL;
    if (present && present->uid && strcmp(present->uid, uid))
        return xc_error_href(xc_error_make(pool, 403, XC_COND_NO_UID_CONFLICT, "This resource has the UID %s; it cannot get another.",
                                           present->uid),
                             pool, present->href);
    XC_TRY(xc_store_by_uid(&other, cal->mailbox->store, &cal->key, uid, pool));
    if (other && strcmp(other->href, href))
        return xc_error_href(xc_error_make(pool, 403, XC_COND_NO_UID_CONFLICT, "The UID %s is that of another %s of this calendar.", uid,
                                           xc_calendar_noun(cal)),
                             pool, other->href);
    return NULL;
}

typedef struct prepared_t {
    xc_object_t *obj;
    xc_write_t write;
    xc_event_t *event;
    const char *text;        /* as the client sent it, but for inline files */
    apr_size_t len;
    const char *stored;      /* what a GET will give */
} prepared_t;

static int file_count(const xc_event_t *event, apr_pool_t *pool)
{
    int n = event->files ? event->files->nelts : 0;
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++)
        n += xc_files_missing(event->files, APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->files, pool)->nelts;
    return n;
}

/* The limit is one of adding: what Outlook attached keeps nobody from changing the event. before NULL = it is new. */
static xc_error_t *check_files(const xc_event_t *before, const xc_event_t *now, const xc_mailbox_config_t *cfg, apr_pool_t *pool)
{
    int n = file_count(now, pool);
    if (n > cfg->max_files && (!before || n > file_count(before, pool)))
        return xc_error_make(pool, 0, XC_COND_MAX_ATTACHMENTS, "An object can have %d attachments here.", cfg->max_files);
    return NULL;
}

static xc_error_t *prepare(prepared_t *p, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len, apr_hash_t *files,
                           apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    memset(p, 0, sizeof *p);
    p->write.files = files ? files : apr_hash_make(pool);
    p->text = text;
    p->len = len;
    if (!xc_calendar_is_tasks(cal)) /* whose files are not Exchange's: the client's text keeps them */
        XC_TRY(xc_files_extract(&p->text, &p->len, p->write.files, text, len, m->cfg->max_file_bytes, pool));
    XC_TRY(xc_object_parse(&p->obj, p->text, p->len, &m->cfg->limits, pool));
    XC_TRY(check_component(cal, p->obj, pool));
    XC_TRY(xc_object_to_event(&p->event, p->obj, xc_mailbox_addresses(m, pool), m->session->zone, pool));
    xc_event_normalize(p->event, pool);
    if (xc_schedule_is_organizers(cal, p->event))
        p->text = xc_schedule_clean(&p->len, p->text, p->len, pool);
    p->event->invited = 0; /* that is for Exchange to say */
    p->write.notify = xc_schedule_notify(cal, NULL, p->event);
    XC_TRY(xc_object_keep(&p->write.kept, p->obj, p->text, p->len, p->event, m->cfg->keep_max_bytes, pool));
    p->event->kept = p->write.kept;
    p->write.event = p->event;
    p->write.href = href;
    p->stored = xc_object_text_for(p->event, pool);
    return NULL;
}

/* What Exchange holds under the present change key, in the model: from the body. */
static xc_error_t *load_before(xc_event_t **before, xc_loaded_t **loaded, xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    XC_TRY(xc_calendar_load(loaded, cal, &item, 1, pool));
    if ((*loaded)->error)
        return (*loaded)->error;
    xc_object_t *obj = NULL;
    XC_TRY(xc_object_parse_stored(&obj, (*loaded)->text, (*loaded)->len, pool));
    XC_TRY(xc_object_to_event(before, obj, xc_mailbox_addresses(m, pool), m->session->zone, pool));
    xc_event_normalize(*before, pool);
    return xc_object_keep(&(*before)->kept, obj, (*loaded)->text, (*loaded)->len, *before, m->cfg->keep_max_bytes, pool);
}

/* A new DESCRIPTION with the formatting of the old one beside it: other clients would go on showing that. */
static xc_error_t *drop_old_html(prepared_t *p, xc_calendar_t *cal, const xc_event_t *before, const xc_loaded_t *loaded,
                                 apr_pool_t *pool)
{
    apr_size_t left;
    if (p->event->html || !(xc_event_diff(before, p->event) & XC_FIELD_BODY))
        return NULL;
    const char *without = xc_object_without_old_html(&left, p->text, p->len, loaded->text, loaded->len, pool);
    if (left == p->len)
        return NULL;
    p->event->kept = NULL;
    XC_TRY(xc_object_keep(&p->write.kept, p->obj, without, left, p->event, cal->mailbox->cfg->keep_max_bytes, pool));
    p->event->kept = p->write.kept;
    p->stored = xc_object_text_for(p->event, pool);
    return NULL;
}

static int has_file(const xc_event_t *event, const char *key)
{
    int found = xc_files_find(event->files, key) != NULL;
    for (int i = 0; event->overrides && i < event->overrides->nelts && !found; i++)
        found = xc_files_find(APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->files, key) != NULL;
    return found;
}

/* An attendee's own files have no place in a meeting: they are refused and not lost. */
static xc_error_t *check_attendee_files(const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool)
{
    for (int i = -1; i < (now->overrides ? now->overrides->nelts : 0); i++) {
        const xc_event_t *e = i < 0 ? now : APR_ARRAY_IDX(now->overrides, i, const xc_event_t *);
        for (int k = 0; e->files && k < e->files->nelts; k++)
            if (!has_file(before, APR_ARRAY_IDX(e->files, k, xc_file_t).key))
                return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "The files of a meeting are its organizer's to change.");
    }
    return NULL;
}

/* `known` is set when p->stored is what a GET would make of the item. */
static xc_error_t *written(xc_put_result_t *out, xc_calendar_t *cal, const xc_item_ref_t *ref, const prepared_t *p, const char *href,
                           const char *props, int known, apr_pool_t *pool)
{
    memset(&out->item, 0, sizeof out->item);
    out->item.href = href;
    out->item.id = ref->id;
    out->item.change_key = ref->change_key;
    out->item.uid = xc_object_uid(p->obj);
    if (!ref->change_key) { /* done, but Exchange did not say what it is now: it is asked with the next request */
        out->verbatim = 0;
        return xc_store_expire(cal->mailbox->store, &cal->key, pool);
    }
    out->item.etag = xc_etag_of(cal, ref->change_key, pool);
    XC_TRY(xc_calendar_fold_local(cal, XC_CHANGE_UPSERT, &out->item, pool));
    if (xc_calendar_hides_private(cal) && p->event->klass != XC_CLASS_PUBLIC)
        out->verbatim = known = 0; /* the next GET shows what others may see of it */
    xc_loaded_t stored = {.text = p->stored, .len = strlen(p->stored)};
    out->schedule_tag = xc_calendar_schedule_tag(cal, &stored, pool);
    if (known)
        xc_calendar_remember(cal, ref->id, ref->change_key, p->stored, strlen(p->stored), props, pool);
    return NULL;
}

/* A write that Exchange refused as outdated, or whose outcome is unknown: ask again next time. */
static xc_error_t *write_failed(xc_calendar_t *cal, xc_error_t *err, const char *href, apr_pool_t *pool)
{
    if (err->status == 412 || err->status == 404 || err->maybe_done) {
        xc_error_t *expire = xc_store_expire(cal->mailbox->store, &cal->key, pool);
        if (expire)
            xc_log(cal->mailbox->session->log, XC_LOG_WARNING, "a calendar was not marked for a refresh: %s", expire->message);
    }
    return xc_error_context(err, pool, "writing %s/%s", cal->segment, href);
}

/* Does the client write what it would read, be it as we would render it or to the byte? */
static int is_unchanged(const prepared_t *p, const xc_loaded_t *loaded, const char *text, apr_size_t len)
{
    if (p->event->force_send || p->event->force_reply)
        return 0;
    return (loaded->len == len && memcmp(loaded->text, text, len) == 0) ||
           (loaded->len == strlen(p->stored) && memcmp(loaded->text, p->stored, loaded->len) == 0);
}

xc_error_t *xc_calendar_put(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len,
                            const xc_expect_t *expect, apr_pool_t *pool)
{
    return xc_calendar_put_with(out, cal, href, text, len, NULL, expect, pool);
}

static xc_error_t *put_prepared(xc_put_result_t *out, xc_calendar_t *cal, prepared_t *given, xc_item_t *present, const char *href, const char *text,
                                apr_size_t len, const xc_expect_t *expect, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    const xc_backend_t *be = m->session->backend;
    prepared_t p = *given;
    XC_TRY(xc_expect_check(expect, present, pool));
    XC_TRY(xc_calendar_allow(cal, present ? XC_RIGHT_MODIFY : XC_RIGHT_CREATE, pool));
    if (!present)
        XC_TRY(xc_other_check_organizer(cal, p.event, pool));
    XC_TRY(check_uid(cal, href, present, xc_object_uid(p.obj), pool));
    out->verbatim = strlen(p.stored) == len && memcmp(p.stored, text, len) == 0;

    xc_item_ref_t ref;
    memset(&ref, 0, sizeof ref);
    if (!present) {
        int handled = 0;
        xc_answer_text_t answer = {.obj = p.obj, .now = p.event, .text = p.text, .len = p.len};
        XC_TRY(xc_answer_inbox(&handled, out, cal, href, &answer, pool));
        if (handled)
            return NULL;
        out->created = 1;
        XC_TRY(xc_expect_check_loaded(expect, cal, NULL, pool));
        XC_TRY(check_files(NULL, p.event, m->cfg, pool));
        XC_TRY(xc_schedule_check_write(cal, NULL, NULL, p.event, pool));
        /* who was told what, Exchange says */
        int own = xc_schedule_is_organizers(cal, p.event);
        if (own)
            out->verbatim = 0;
        xc_error_t *err = xc_calendar_is_tasks(cal) ? be->tasks->create(&ref, m->session, cal->folder.id, &p.write, pool)
                                                    : be->item_create(&ref, m->session, cal->folder.id, &p.write, pool);
        if (err)
            return write_failed(cal, err, href, pool);
        xc_people_invited(cal, p.event, pool);
        return written(out, cal, &ref, &p, href, NULL, !own, pool);
    }
    XC_TRY(xc_calendar_allow_item(cal, present, pool));
    xc_event_t *before = NULL;
    xc_loaded_t *loaded = NULL;
    xc_error_t *err = load_before(&before, &loaded, cal, present, pool);
    if (err)
        return write_failed(cal, err, href, pool);
    XC_TRY(xc_expect_check_loaded(expect, cal, loaded, pool));
    p.write.notify = xc_schedule_notify(cal, before, p.event);
    if (is_unchanged(&p, loaded, text, len)) {
        /* nothing to change: Exchange is not troubled, the entity tag stays */
        out->item = *present;
        out->schedule_tag = xc_calendar_schedule_tag(cal, loaded, pool);
        return NULL;
    }
    if (loaded->received) {
        XC_TRY(check_attendee_files(before, p.event, pool));
        xc_answer_text_t answer = {.obj = p.obj, .now = p.event, .text = p.text, .len = p.len};
        return xc_answer_put(out, cal, present, loaded, before, &answer, pool);
    }
    XC_TRY(check_files(before, p.event, m->cfg, pool));
    XC_TRY(xc_schedule_check_write(cal, present, before, p.event, pool));
    XC_TRY(drop_old_html(&p, cal, before, loaded, pool));
    out->verbatim = strlen(p.stored) == len && memcmp(p.stored, text, len) == 0;
    xc_item_ref_t old = xc_calendar_ref(cal, present);
    p.write.href = NULL;
    err = xc_calendar_is_tasks(cal) ? be->tasks->update(&ref, m->session, &old, before, &p.write, pool)
                                    : be->item_update(&ref, m->session, &old, before, &p.write, pool);
    if (err)
        return write_failed(cal, err, href, pool);
    if (!ref.id)
        ref.id = present->id;
    xc_people_invited(cal, before, pool);
    xc_people_invited(cal, p.event, pool);
    int known = !ref.altered && !xc_event_leaves(before, p.event) && !xc_schedule_is_organizers(cal, p.event) &&
                !xc_schedule_is_organizers(cal, before);
    if (!known)
        out->verbatim = 0;
    return written(out, cal, &ref, &p, href, loaded->props, known, pool);
}

xc_error_t *xc_calendar_put_with(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len,
                                 apr_hash_t *files, const xc_expect_t *expect, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    prepared_t p;
    xc_item_t *present = NULL;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_calendar_allow(cal, XC_RIGHT_CREATE | XC_RIGHT_MODIFY, pool));
    XC_TRY(prepare(&p, cal, href, text, len, files, pool));
    XC_TRY(xc_calendar_item(&present, cal, href, pool));
    if (present)
        return put_prepared(out, cal, &p, present, href, text, len, expect, pool);
    /* the same event sent twice at once, by an impatient client or by two: it is made, and people are invited, once */
    xc_flight_t *flight = NULL;
    int waited = 0;
    const char *what = apr_pstrcat(pool, "create ", xc_crypt_hex(pool, 32, cal->key.origin, cal->key.account, cal->key.mailbox, xc_object_uid(p.obj), NULL), NULL);
    while (!flight)
        XC_TRY(xc_store_flight_begin(&flight, &waited, m->store, what, XC_FLIGHT_LEASE, m->session->deadline, pool));
    xc_error_t *err = xc_store_by_href(&present, m->store, &cal->key, href, pool);
    if (!err)
        err = put_prepared(out, cal, &p, present, href, text, len, expect, pool);
    xc_store_flight_end(flight);
    return err;
}

/* Is it a meeting, and the one that the client means? */
static xc_error_t *before_removal(xc_notify_e *notify, xc_event_t **out, xc_calendar_t *cal, const xc_item_t *present, const xc_expect_t *expect,
                                  apr_pool_t *pool)
{
    xc_event_t *before = NULL;
    xc_loaded_t *loaded = NULL;
    if (!cal->mailbox->cfg->scheduling && !(expect && expect->if_schedule_tag_match))
        return NULL;
    xc_error_t *err = load_before(&before, &loaded, cal, present, pool);
    if (err && xc_error_is_passing(err))
        return err;
    *notify = xc_schedule_notify_removal(cal, err ? NULL : before);
    *out = err ? NULL : before;
    return xc_expect_check_loaded(expect, cal, loaded, pool);
}

xc_error_t *xc_calendar_remove(xc_calendar_t *cal, const char *href, const xc_expect_t *expect, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    xc_item_t *present = NULL;
    XC_TRY(xc_calendar_allow(cal, XC_RIGHT_DELETE, pool));
    XC_TRY(xc_calendar_item(&present, cal, href, pool));
    XC_TRY(xc_expect_check(expect, present, pool));
    if (!present)
        return xc_error_make(pool, 404, XC_COND_NONE, "There is no such %s.", xc_calendar_noun(cal));
    if (cal->is_inbox)
        return xc_inbox_remove(cal, present, pool);
    XC_TRY(xc_calendar_allow_item(cal, present, pool));
    xc_notify_e notify = XC_NOTIFY_NONE;
    xc_event_t *before = NULL;
    XC_TRY(before_removal(&notify, &before, cal, present, expect, pool));
    int handled = 0;
    XC_TRY(xc_answer_remove(&handled, cal, present, expect, pool));
    if (handled)
        return NULL;
    xc_item_ref_t ref = xc_calendar_ref(cal, present);
    if (!expect || !expect->if_match)
        ref.change_key = NULL;
    xc_error_t *err = m->session->backend->item_delete(m->session, &ref, notify, pool);
    if (err && err->status != 404)
        return write_failed(cal, err, href, pool);
    xc_people_invited(cal, before, pool);
    if (err) /* gone between our look and our call: what the client wanted has come true, and Exchange says so itself */
        return xc_store_expire(m->store, &cal->key, pool);
    return xc_calendar_fold_local(cal, XC_CHANGE_DELETE, present, pool);
}

xc_error_t *xc_calendar_set_item_props(xc_calendar_t *cal, const xc_item_t *item, apr_table_t *set, apr_array_header_t *removed,
                                       apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    xc_loaded_t *loaded = NULL;
    const char *encoded = NULL;
    XC_TRY(xc_calendar_allow(cal, XC_RIGHT_MODIFY, pool));
    XC_TRY(xc_calendar_load(&loaded, cal, &item, 1, pool));
    if (loaded->error)
        return loaded->error;
    apr_table_t *props = xc_props_merge(xc_props_parse(loaded->props, pool), set, removed, pool);
    XC_TRY(xc_props_encode(&encoded, props, pool));
    xc_item_ref_t old = xc_calendar_ref(cal, item), ref;
    memset(&ref, 0, sizeof ref);
    xc_error_t *err = m->session->backend->item_props(&ref, m->session, &old, encoded, pool);
    if (err)
        return write_failed(cal, err, item->href, pool);
    xc_item_t now = *item;
    now.id = ref.id ? ref.id : item->id;
    now.change_key = ref.change_key;
    now.etag = xc_etag_of(cal, ref.change_key, pool);
    XC_TRY(xc_calendar_fold_local(cal, XC_CHANGE_UPSERT, &now, pool));
    if (!loaded->received)
        xc_calendar_remember(cal, now.id, now.change_key, loaded->text, loaded->len, *encoded ? encoded : NULL, pool);
    return NULL;
}
