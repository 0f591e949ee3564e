/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's mailbox: which of its folders the account may see, and how much of what is in them. */
#include "mailbox/mailbox_priv.h"
#include "mailbox/people.h"

#include <apr_strings.h>

/* What a private event is called for those who may only know that there is one (as Outlook does). */
#define PRIVATE_SUMMARY "Private Appointment"

/* Is the answer that nothing may be seen, or that there is no such mailbox? Which of both is not told apart. */
static int is_closed(const xc_error_t *err)
{
    return err->status == 404 || err->cond == XC_COND_NEED_PRIVILEGES;
}

static int is_visible(const xc_folder_t *f)
{
    return (f->kind != XC_FOLDER_CALENDAR && f->kind != XC_FOLDER_TASKS) || (f->rights & (XC_RIGHT_READ | XC_RIGHT_CREATE)) != 0;
}

static xc_error_t *readable_folders(apr_array_header_t *folders, int *calendars, xc_mailbox_t *m, apr_pool_t *pool)
{
    xc_folder_page_t *page = NULL;
    xc_error_t *err = m->session->backend->folder_sync(&page, m->session, m->owner, NULL, m->pool);
    if (err)
        return is_closed(err) ? NULL : xc_error_context(err, pool, "folders of %s", m->owner);
    for (int i = 0; i < page->upserts->nelts; i++) {
        const xc_folder_t *f = &APR_ARRAY_IDX(page->upserts, i, xc_folder_t);
        int again = 0;
        for (int k = 0; k < folders->nelts && !again; k++)
            again = strcmp(APR_ARRAY_IDX(folders, k, xc_folder_t).id, f->id) == 0;
        if (again || !is_visible(f))
            continue;
        APR_ARRAY_PUSH(folders, xc_folder_t) = *f;
        *calendars += f->kind == XC_FOLDER_CALENDAR;
    }
    return NULL;
}

/*
 * Who may not see a calendar may still know when its owner is busy, which Exchange tells by another way: then it is
 * there, with that privilege alone.
 */
static xc_error_t *busy_calendar(apr_array_header_t *folders, xc_mailbox_t *m, apr_pool_t *pool)
{
    apr_time_t now = apr_time_now(), day = apr_time_from_sec(86400), from = now - now % day;
    xc_availability_t row = {NULL, NULL};
    xc_error_t *err = xc_people_availability(&row, m->own, &m->owner, 1, from, from + day, pool);
    if (!err)
        err = row.error;
    if (err)
        return err->status == 401 || xc_error_is_passing(err) ? err : NULL;
    if (!row.view || row.view->level == XC_BUSY_LEVEL_NONE)
        return NULL;
    xc_folder_t *f = apr_array_push(folders);
    memset(f, 0, sizeof *f);
    f->id = f->change_key = "";
    f->display_name = "Calendar";
    f->kind = XC_FOLDER_CALENDAR;
    f->is_default = 1;
    f->rights = XC_RIGHT_FREE_BUSY;
    return NULL;
}

xc_error_t *xc_other_folders(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    apr_array_header_t *folders = apr_array_make(m->pool, 4, sizeof(xc_folder_t));
    int calendars = 0;
    *out = NULL;
    XC_TRY(readable_folders(folders, &calendars, m, pool));
    if (!calendars) {
        apr_array_clear(folders); /* a task list without a calendar is no home */
        XC_TRY(busy_calendar(folders, m, pool));
    }
    *out = folders;
    return NULL;
}

int xc_calendar_hides_private(const xc_calendar_t *cal)
{
    return !xc_mailbox_is_own(cal->mailbox) && !(cal->folder.rights & XC_RIGHT_VIEW_PRIVATE);
}

static void hide(xc_event_t *e)
{
    e->summary = PRIVATE_SUMMARY;
    e->location = e->text = e->html = NULL;
    e->categories = NULL;
    e->importance = XC_IMPORTANCE_NORMAL;
    e->reminder_minutes = -1;
    e->is_meeting = 0;
    e->is_organizer = 1;
    e->organizer.address = e->organizer.name = NULL;
    e->attendees = NULL;
    e->my_address = NULL;
    e->files = NULL;
}

static int is_private(const xc_event_t *e)
{
    return e->klass == XC_CLASS_PRIVATE || e->klass == XC_CLASS_CONFIDENTIAL;
}

int xc_event_hide_private(xc_event_t *event, apr_pool_t *pool)
{
    int found = is_private(event), all = found;
    (void)pool;
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++)
        found = found || is_private(APR_ARRAY_IDX(event->overrides, i, xc_event_t *));
    if (!found)
        return 0;
    event->kept = NULL; /* the client's own text of all of it */
    if (all)
        hide(event);
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++) {
        xc_event_t *override = APR_ARRAY_IDX(event->overrides, i, xc_event_t *);
        override->kept = NULL;
        if (all || is_private(override))
            hide(override);
    }
    return 1;
}

xc_error_t *xc_calendar_allow_read(const xc_calendar_t *cal, apr_pool_t *pool)
{
    if (xc_mailbox_is_own(cal->mailbox) || (cal->folder.rights & XC_RIGHT_READ))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Exchange does not let you see what is in the calendar \"%s\".",
                         cal->folder.display_name);
}

xc_error_t *xc_calendar_allow_item(xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool)
{
    xc_loaded_t *loaded = NULL;
    if (!xc_calendar_hides_private(cal))
        return NULL;
    XC_TRY(xc_calendar_load(&loaded, cal, &item, 1, pool));
    /* a text of our own making: its lines are not folded this early */
    if (!loaded->text || (!strstr(loaded->text, "\nCLASS:PRIVATE") && !strstr(loaded->text, "\nCLASS:CONFIDENTIAL")))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Exchange does not let you see or change private events of %s.", cal->mailbox->owner);
}

xc_error_t *xc_other_check_organizer(const xc_calendar_t *cal, const xc_event_t *event, apr_pool_t *pool)
{
    const xc_mailbox_t *m = cal->mailbox;
    const char *organizer = event->organizer.address;
    if (xc_mailbox_is_own(m) || !event->is_meeting || !organizer || event->my_address || strcasecmp(organizer, m->session->account))
        return NULL;
    /* taken as it is, it would lie there as somebody else's meeting, and nobody would be invited to it */
    return xc_error_make(pool, 0, XC_COND_ORGANIZER_ALLOWED,
                         "Meetings in this calendar are organised by its owner: make %s the calendar's address in your program.", m->owner);
}
