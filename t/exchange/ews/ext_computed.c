/* SPDX-License-Identifier: Apache-2.0 */
/* MAPI properties that Exchange keeps itself, as extended properties show them. */
#include "ews/ext.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "ews/people.h"
#include "meeting/meeting.h"

#define MEETING     "6ed8da90-450b-101b-98da-00aa003f1305"
#define APPOINTMENT "00062002-0000-0000-c000-000000000046"
#define COMMON      "00062008-0000-0000-c000-000000000046"
#define TASK        "00062003-0000-0000-c000-000000000046"
#define PUBLIC      "00020329-0000-0000-c000-000000000046"

typedef const char *value_fn(lab_call_t *call, const lab_view_t *view, const char *key);

static const char *number(lab_call_t *call, apr_int64_t n)
{
    return apr_psprintf(call->pool, "%" APR_INT64_T_FMT, n);
}

static bool appointment(const lab_view_t *view)
{
    return view->kind == LAB_KIND_CALENDAR;
}

static const char *text_value(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    return lab_view_get(view, key);
}

static const char *time_value(lab_call_t *call, const lab_view_t *view, const char *key)
{
    const char *text = lab_view_get(view, key);
    return text ? lab_time_format_utc(apr_strtoi64(text, NULL, 10), call->pool) : NULL;
}

static const char *goid(lab_call_t *call, const lab_view_t *view, const char *key)
{
    if (!view->item->uid)
        return NULL;
    return lab_uid_to_goid(call->pool, view->item->uid,
                           *key == 'C' ? LAB_NO_DAY : lab_view_day(view));
}

static const char *start(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    return appointment(view) ? lab_time_format_utc(view->start, call->pool) : NULL;
}

static const char *end(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    return appointment(view) ? lab_time_format_utc(view->end, call->pool) : NULL;
}

static const char *replace_time(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    return view->type == LAB_VIEW_EXCEPTION
               ? lab_time_format_utc(view->original, call->pool)
               : NULL;
}

static const char *duration(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    return appointment(view) ? number(call, (view->end - view->start) / 60000000) : NULL;
}

static const char *recurring(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    (void)key;
    return !appointment(view) ? NULL : view->type == LAB_VIEW_MASTER ? "true" : "false";
}

static const char *bool_value(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    return lab_view_bool(view, key, false) ? "true" : "false";
}

static const char *private_flag(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    const char *text = lab_view_get(view, key);
    return text && (!strcmp(text, "Private") || !strcmp(text, "Confidential")) ? "true"
                                                                               : "false";
}

/* PR_INTERNET_ARTICLE_NUMBER: Exchange gives each item of a folder a growing one */
static const char *article(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    return number(call, view->item->id);
}

/* the position of a text in a list of names, as MAPI numbers them */
static const char *position(lab_call_t *call, const char *text, const char *const *names)
{
    for (int i = 0; text && names[i]; i++)
        if (!strcmp(names[i], text))
            return number(call, i);
    return NULL;
}

static const char *busy(lab_call_t *call, const lab_view_t *view, const char *key)
{
    static const char *const names[] = {"Free", "Tentative",        "Busy",
                                        "OOF",  "WorkingElsewhere", NULL};
    const char *text = lab_view_get(view, key);
    return appointment(view) ? position(call, text ? text : "Busy", names) : NULL;
}

static const char *sensitivity(lab_call_t *call, const lab_view_t *view, const char *key)
{
    static const char *const names[] = {"Normal", "Personal", "Private", "Confidential",
                                        NULL};
    const char *text = lab_view_get(view, key);
    return position(call, text ? text : "Normal", names);
}

static const char *importance(lab_call_t *call, const lab_view_t *view, const char *key)
{
    static const char *const names[] = {"Low", "Normal", "High", NULL};
    const char *text = lab_view_get(view, key);
    return position(call, text ? text : "Normal", names);
}

static const char *response(lab_call_t *call, const lab_view_t *view, const char *key)
{
    static const char *const names[] = {"Unknown", "Organizer", "Tentative",
                                        "Accept",  "Decline",   "NoResponseReceived",
                                        NULL};
    const char *text = lab_view_get(view, key);
    return appointment(view) ? position(call, text ? text : "Organizer", names) : NULL;
}

static const char *class_name(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    (void)key;
    return view->item->class_name;
}

static const char *uid(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    (void)key;
    return view->item->uid;
}

static const char *entry_id(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)key;
    int len;
    lab_id_t id = {
        .kind = LAB_ID_ITEM, .mailbox = view->item->mailbox, .number = view->item->id};
    const unsigned char *raw = lab_id_entry(call->pool, &id, &len);
    return apr_pencode_base64_binary(call->pool, raw, len, APR_ENCODE_NONE, NULL);
}

static const char *keywords(lab_call_t *call, const lab_view_t *view, const char *key)
{
    const char *text = lab_view_get(view, key);
    if (!text || !*text)
        return NULL;
    char *copy = apr_pstrcat(call->pool, text, "\n", NULL);
    for (char *c = copy; *c; c++)
        if (*c == '\n')
            *c = '\x1f';
    return copy;
}

static const char *plain_body(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    const char *type = lab_view_get(view, "BodyType");
    return type && !strcmp(type, "Text") ? lab_view_get(view, key) : NULL;
}

static bool is_task(const lab_view_t *view)
{
    return view->kind == LAB_KIND_TASK;
}

/* days of tasks: midnight UTC of the day */
static const char *task_day(lab_call_t *call, const lab_view_t *view, const char *key)
{
    apr_int64_t day = lab_view_int(view, key, LAB_NO_DAY);
    return is_task(view) && day != LAB_NO_DAY
               ? lab_time_format_utc(day * 86400 * APR_USEC_PER_SEC, call->pool)
               : NULL;
}

static const char *task_status(lab_call_t *call, const lab_view_t *view, const char *key)
{
    static const char *const names[] = {"NotStarted",      "InProgress", "Completed",
                                        "WaitingOnOthers", "Deferred",   NULL};
    const char *text = lab_view_get(view, key);
    return is_task(view) ? position(call, text ? text : "NotStarted", names) : NULL;
}

static const char *task_percent(lab_call_t *call, const lab_view_t *view, const char *key)
{
    const char *text = lab_view_get(view, key);
    return is_task(view)
               ? apr_psprintf(call->pool, "%.15g", text ? strtod(text, NULL) / 100 : 0)
               : NULL;
}

static const char *task_complete(lab_call_t *call, const lab_view_t *view, const char *key)
{
    const char *text = lab_view_get(view, key);
    (void)call;
    return !is_task(view) ? NULL : text && !strcmp(text, "Completed") ? "true" : "false";
}

/* an occurrence that a recurring task has left behind */
static const char *task_dead(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    return is_task(view) ? (lab_view_bool(view, key, false) ? "true" : "false") : NULL;
}

static const char *task_recurring(lab_call_t *call, const lab_view_t *view, const char *key)
{
    (void)call;
    return is_task(view) ? (lab_view_get(view, key) ? "true" : "false") : NULL;
}

/* from lowest to highest importance of the row: set, number or name, type, source */
static const struct {
    const char *set;
    int number;
    const char *name, *type;
    value_fn *value;
    const char *key;
} rows[] = {
    {MEETING, 0x03, NULL, "Binary", goid, "Global"},
    {MEETING, 0x23, NULL, "Binary", goid, "Clean"},
    {MEETING, 0x1a, NULL, "SystemTime", time_value, "DateTimeStamp"},
    {PUBLIC, -1, "urn:schemas:calendar:uid", "String", uid, NULL},
    {PUBLIC, -1, "Keywords", "StringArray", keywords, "Categories"},
    {APPOINTMENT, 0x8201, NULL, "Integer", text_value, "AppointmentSequenceNumber"},
    {APPOINTMENT, 0x8205, NULL, "Integer", busy, "LegacyFreeBusyStatus"},
    {APPOINTMENT, 0x8208, NULL, "String", text_value, "Location"},
    {APPOINTMENT, 0x820d, NULL, "SystemTime", start, NULL},
    {APPOINTMENT, 0x820e, NULL, "SystemTime", end, NULL},
    {APPOINTMENT, 0x8213, NULL, "Integer", duration, NULL},
    {APPOINTMENT, 0x8215, NULL, "Boolean", bool_value, "IsAllDayEvent"},
    {APPOINTMENT, 0x8217, NULL, "Integer", text_value, "AppointmentState"},
    {APPOINTMENT, 0x8218, NULL, "Integer", response, "MyResponseType"},
    {APPOINTMENT, 0x8220, NULL, "SystemTime", time_value, "AppointmentReplyTime"},
    {APPOINTMENT, 0x8224, NULL, "Integer", busy, "IntendedFreeBusyStatus"},
    {APPOINTMENT, 0x8223, NULL, "Boolean", recurring, NULL},
    {APPOINTMENT, 0x8228, NULL, "SystemTime", replace_time, NULL},
    {APPOINTMENT, 0x8229, NULL, "Boolean", bool_value, "MeetingRequestWasSent"},
    {TASK, 0x8101, NULL, "Integer", task_status, "Status"},
    {TASK, 0x8102, NULL, "Double", task_percent, "PercentComplete"},
    {TASK, 0x8104, NULL, "SystemTime", task_day, "StartDate"},
    {TASK, 0x8105, NULL, "SystemTime", task_day, "DueDate"},
    {TASK, 0x8109, NULL, "Boolean", task_dead, "LeftBehind"},
    {TASK, 0x810f, NULL, "SystemTime", task_day, "CompleteDate"},
    {TASK, 0x811c, NULL, "Boolean", task_complete, "Status"},
    {TASK, 0x8126, NULL, "Boolean", task_recurring, "Recurrence"},
    {COMMON, 0x8501, NULL, "Integer", text_value, "ReminderMinutesBeforeStart"},
    {COMMON, 0x8502, NULL, "SystemTime", start, NULL},
    {COMMON, 0x8503, NULL, "Boolean", bool_value, "ReminderIsSet"},
    {COMMON, 0x8506, NULL, "Boolean", private_flag, "Sensitivity"},
    {COMMON, 0x8516, NULL, "SystemTime", start, NULL},
    {COMMON, 0x8517, NULL, "SystemTime", end, NULL},
    {"", 0x0017, NULL, "Integer", importance, "Importance"},
    {"", 0x001a, NULL, "String", class_name, NULL},
    {"", 0x0036, NULL, "Integer", sensitivity, "Sensitivity"},
    {"", 0x0037, NULL, "String", text_value, "Subject"},
    {"", 0x0060, NULL, "SystemTime", start, NULL},
    {"", 0x0061, NULL, "SystemTime", end, NULL},
    {"", 0x0e23, NULL, "Integer", article, NULL},
    {"", 0x0fff, NULL, "Binary", entry_id, NULL},
    {"", 0x1000, NULL, "String", plain_body, "Body"},
    {"", 0x3007, NULL, "SystemTime", time_value, "DateTimeCreated"},
    {"", 0x3008, NULL, "SystemTime", time_value, "LastModifiedTime"},
};

static int row_of(const lab_ext_t *ext)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].type, ext->type) || strcmp(rows[i].set, ext->set))
            continue;
        if (rows[i].name ? ext->name && !strcmp(rows[i].name, ext->name)
                         : !ext->name && rows[i].number == ext->number)
            return (int)i;
    }
    return -1;
}

bool lab_ext_computed(const lab_ext_t *ext)
{
    return row_of(ext) >= 0;
}

const char *lab_ext_stored_as(const lab_ext_t *ext)
{
    int i = row_of(ext);
    return i >= 0 && rows[i].value == text_value ? rows[i].key : NULL;
}

const char *lab_ext_get(lab_call_t *call, const lab_view_t *view, const lab_ext_t *ext)
{
    int i = row_of(ext);
    return i >= 0 ? rows[i].value(call, view, rows[i].key) : lab_view_get(view, ext->key);
}
