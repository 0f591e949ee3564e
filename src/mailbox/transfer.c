/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and MOVE of one object between calendars (RFC 4918 9.8, 9.9; RFC 4791 5.3.2). */
#include "mailbox/mailbox_priv.h"

static xc_error_t *check_target(xc_calendar_t *to, const char *to_href, const xc_item_t *source, const xc_item_t *target, int same,
                                int copy, apr_pool_t *pool)
{
    xc_item_t *other = NULL;
    if (source->uid)
        XC_TRY(xc_store_by_uid(&other, to->mailbox->store, &to->key, source->uid, pool));
    if (!other || (same && !copy && strcmp(other->id, source->id) == 0) || (target && strcmp(other->id, target->id) == 0))
        return NULL;
    (void)to_href;
    return xc_error_href(xc_error_make(pool, 403, XC_COND_NO_UID_CONFLICT,
                                       "The target calendar has an event with the UID %s already.", source->uid),
                         pool, other->href);
}

xc_error_t *xc_calendar_transfer(xc_put_result_t *out, xc_calendar_t *from, const char *href, xc_calendar_t *to, const char *to_href,
                                 int copy, int overwrite, const xc_expect_t *expect, apr_pool_t *pool)
{
    xc_session_t *s = from->mailbox->session;
    int same = strcmp(from->folder.id, to->folder.id) == 0;
    xc_item_t *source = NULL, *target = NULL;
    memset(out, 0, sizeof *out);
    if (from->components != to->components)
        return xc_error_make(pool, 403, XC_COND_SUPPORTED_CALENDAR_COMPONENT, "The target holds %ss only.", xc_calendar_noun(to));
    if (!copy)
        XC_TRY(xc_calendar_allow(from, XC_RIGHT_DELETE, pool));
    XC_TRY(xc_calendar_allow(to, XC_RIGHT_CREATE, pool));
    XC_TRY(xc_calendar_item(&source, from, href, pool));
    XC_TRY(xc_expect_check(expect, source, pool));
    if (!source)
        return xc_error_make(pool, 404, XC_COND_NONE, "There is no such %s.", xc_calendar_noun(from));
    XC_TRY(xc_calendar_item(&target, to, to_href, pool));
    if (target && strcmp(target->id, source->id) == 0)
        return xc_error_make(pool, 403, XC_COND_NONE, "Source and destination are the same resource.");
    if (target && !overwrite)
        return xc_error_make(pool, 412, XC_COND_NONE, "The destination exists and Overwrite is F.");
    XC_TRY(check_target(to, to_href, source, target, same, copy, pool));

    /* The body goes along: it is the same object under a new name. */
    xc_loaded_t *loaded = NULL;
    const xc_item_t *one = source;
    XC_TRY(xc_calendar_load(&loaded, from, &one, 1, pool));
    XC_TRY(xc_expect_check_loaded(expect, from, loaded, pool));
    if (copy && !same && xc_calendar_schedule_tag(from, loaded, pool)) /* the source itself is the meeting's one place */
        XC_TRY(xc_schedule_check_unique(to, source->uid, NULL, pool));
    out->schedule_tag = xc_calendar_schedule_tag(to, loaded, pool);

    xc_notify_e cancel = target ? xc_schedule_notify_replaced(to, target, pool) : XC_NOTIFY_NONE;

    /* First the new one, then the old target: a failure in between loses nothing. */
    xc_item_ref_t old = xc_calendar_ref(from, source), ref;
    memset(&ref, 0, sizeof ref);
    xc_error_t *failed = copy ? s->backend->item_copy(&ref, s, &old, to->folder.id, to_href, pool)
                              : s->backend->item_move(&ref, s, &old, same ? NULL : to->folder.id, to_href, pool);
    if (failed) {
        /* whatever came of it, Exchange is asked next time */
        XC_TRY(xc_store_expire(from->mailbox->store, &from->key, pool));
        XC_TRY(xc_store_expire(to->mailbox->store, &to->key, pool));
        return failed;
    }
    if (target) {
        xc_item_ref_t gone = {.id = target->id};
        xc_error_t *err = s->backend->item_delete(s, &gone, cancel, pool);
        if (err && err->status != 404)
            return xc_error_context(err, pool, "removing what %s replaced", to_href);
        XC_TRY(xc_calendar_fold_local(to, XC_CHANGE_DELETE, target, pool));
    }
    if (!copy && !(same && strcmp(ref.id, source->id) == 0))
        XC_TRY(xc_calendar_fold_local(from, XC_CHANGE_DELETE, source, pool));
    memset(&out->item, 0, sizeof out->item);
    out->item.href = to_href;
    out->item.id = ref.id;
    out->item.change_key = ref.change_key;
    out->item.uid = source->uid;
    out->item.etag = xc_etag_of(to, ref.change_key, pool);
    out->created = target == NULL;
    XC_TRY(xc_calendar_fold_local(to, XC_CHANGE_UPSERT, &out->item, pool));
    if (loaded->text && !loaded->received)
        xc_calendar_remember(to, ref.id, ref.change_key, loaded->text, loaded->len, loaded->props, pool);
    return NULL;
}
