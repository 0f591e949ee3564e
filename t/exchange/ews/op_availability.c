/* SPDX-License-Identifier: Apache-2.0 */
/* GetUserAvailability: free/busy of many mailboxes at once (ews.md 12). */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/fault.h"
#include "ews/rights.h"
#include "ews/work_hours.h"

#define MAX_MAILBOXES 100
#define MAX_WINDOW    (APR_USEC_PER_SEC * 86400 * 42)
#define SHOWS         (LAB_CAN_READ | LAB_BUSY_TIME | LAB_BUSY_DETAILS)

typedef struct ask {
    const lab_zone_t *zone;
    apr_time_t from, to;
    int interval_min;
    bool details, merged, events; /* what the client wants */
} ask_t;

typedef struct busy {
    lab_view_t view;
    int digit;
} busy_t;

static const char *const names[] = {"Free", "Tentative", "Busy", "OOF",
                                    "WorkingElsewhere"};

static int digit_of(lab_call_t *call, const lab_view_t *view)
{
    const char *text = lab_view_get(view, "LegacyFreeBusyStatus");
    for (int i = 0; text && i < 5; i++)
        if (!strcmp(names[i], text))
            return i == 4 && call->version < LAB_EXCHANGE_2013 ? 0 : i;
    return 2;
}

static const char *read_ask(lab_call_t *call, ask_t *ask)
{
    const char *code = NULL;
    xmlNodePtr zone = lab_xml_child(call->request, "TimeZone");
    xmlNodePtr options = lab_xml_child(call->request, "FreeBusyViewOptions");
    xmlNodePtr window = lab_xml_child(options, "TimeWindow");
    const char *every =
        lab_xml_child_text(call->pool, options, "MergedFreeBusyIntervalInMinutes");
    const char *view = lab_xml_child_text(call->pool, options, "RequestedView");
    memset(ask, 0, sizeof *ask);
    ask->zone = call->zone;
    if (zone &&
        lab_zone_from_serializable(zone, &ask->zone, &code, call->pool) != APR_SUCCESS)
        return code;
    if (!ask->zone)
        return "ErrorTimeZone";
    if (!options)
        return "ErrorInvalidFreeBusyViewType";
    const lab_zone_t *outer = call->zone;
    call->zone = ask->zone;
    bool good =
        lab_call_read_time(call, lab_xml_child_text(call->pool, window, "StartTime"),
                           &ask->from) &&
        lab_call_read_time(call, lab_xml_child_text(call->pool, window, "EndTime"),
                           &ask->to);
    call->zone = outer;
    if (!good || ask->to <= ask->from)
        return "ErrorInvalidTimeInterval";
    if (ask->to - ask->from > MAX_WINDOW)
        return "ErrorTimeIntervalTooBig";
    ask->interval_min = every ? (int)apr_strtoi64(every, NULL, 10) : 30;
    if (ask->interval_min < 5 || ask->interval_min > 1440)
        return "ErrorInvalidMergedFreeBusyInterval";
    ask->details = view && strstr(view, "Detailed");
    ask->events = !view || strcmp(view, "MergedOnly");
    ask->merged = view && strstr(view, "Merged");
    return NULL;
}

typedef struct collect {
    lab_call_t *call;
    apr_array_header_t *list;
} collect_t;

static void keep(void *ctx, const lab_view_t *view)
{
    collect_t *c = ctx;
    busy_t *b = apr_array_push(c->list);
    b->view = *view;
    b->digit = digit_of(c->call, view);
}

static int by_start(const void *a, const void *b)
{
    const busy_t *x = a, *y = b;
    if (x->view.start != y->view.start)
        return x->view.start < y->view.start ? -1 : 1;
    return (x->view.item->id > y->view.item->id) - (x->view.item->id < y->view.item->id);
}

static void put_merged(lab_call_t *call, const ask_t *ask, const apr_array_header_t *list)
{
    apr_time_t step = apr_time_from_sec((apr_int64_t)ask->interval_min * 60);
    int slots = (int)((ask->to - ask->from + step - 1) / step);
    char *digits = apr_palloc(call->pool, (size_t)slots + 1);
    memset(digits, '0', (size_t)slots);
    digits[slots] = '\0';
    for (int i = 0; i < list->nelts; i++) {
        const busy_t *b = &APR_ARRAY_IDX(list, i, busy_t);
        for (int s = 0; s < slots; s++) {
            apr_time_t from = ask->from + s * step;
            if (b->view.start < from + step && b->view.end > from &&
                digits[s] < '0' + b->digit)
                digits[s] = (char)('0' + b->digit);
        }
    }
    lab_buf_elem(&call->out, "t:MergedFreeBusy", digits);
}

static void put_details(lab_call_t *call, const lab_view_t *view)
{
    int len;
    lab_id_t id = {
        .kind = LAB_ID_ITEM, .mailbox = view->item->mailbox, .number = view->item->id};
    const unsigned char *raw = lab_id_entry(call->pool, &id, &len);
    const char *sensitivity = lab_view_get(view, "Sensitivity");
    bool hidden = lab_is_hidden(call, view);
    lab_buf_t *out = &call->out;
    lab_buf_puts(out, "<t:CalendarEventDetails><t:ID>");
    for (int i = 0; i < len; i++)
        lab_buf_printf(out, "%02X", raw[i]);
    lab_buf_puts(out, "</t:ID>");
    if (!hidden) {
        lab_buf_elem(out, "t:Subject", lab_view_get(view, "Subject"));
        lab_buf_elem(out, "t:Location", lab_view_get(view, "Location"));
    }
    lab_buf_bool(out, "t:IsMeeting",
                 (lab_view_int(view, "AppointmentState", 0) & 1) != 0);
    lab_buf_bool(out, "t:IsRecurring", view->type == LAB_VIEW_OCCURRENCE);
    lab_buf_bool(out, "t:IsException", view->type == LAB_VIEW_EXCEPTION);
    lab_buf_bool(out, "t:IsReminderSet", lab_view_bool(view, "ReminderIsSet", false));
    lab_buf_bool(out, "t:IsPrivate", sensitivity && !strcmp(sensitivity, "Private"));
    lab_buf_puts(out, "</t:CalendarEventDetails>");
}

static void put_events(lab_call_t *call, const ask_t *ask, const apr_array_header_t *list,
                       bool details)
{
    lab_buf_puts(&call->out, "<t:CalendarEventArray>");
    for (int i = 0; i < list->nelts; i++) {
        const busy_t *b = &APR_ARRAY_IDX(list, i, busy_t);
        lab_buf_puts(&call->out, "<t:CalendarEvent>");
        lab_buf_elem(
            &call->out, "t:StartTime",
            lab_wall_format(lab_zone_wall(ask->zone, b->view.start), call->pool));
        lab_buf_elem(&call->out, "t:EndTime",
                     lab_wall_format(lab_zone_wall(ask->zone, b->view.end), call->pool));
        lab_buf_elem(&call->out, "t:BusyType", names[b->digit]);
        if (details)
            put_details(call, &b->view);
        lab_buf_puts(&call->out, "</t:CalendarEvent>");
    }
    lab_buf_puts(&call->out, "</t:CalendarEventArray>");
}

static void put_failure(lab_call_t *call, const lab_fail_t *fail)
{
    lab_buf_puts(&call->out, "<m:ResponseMessage ResponseClass=\"Error\">");
    lab_buf_elem(&call->out, "m:MessageText", fail->text);
    lab_buf_elem(&call->out, "m:ResponseCode", fail->code);
    lab_buf_puts(&call->out,
                 "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:ResponseMessage>"
                 "<m:FreeBusyView><t:FreeBusyViewType>None</t:FreeBusyViewType>"
                 "</m:FreeBusyView>");
}

static void open_view(lab_call_t *call, const char *type)
{
    lab_buf_puts(&call->out,
                 "<m:ResponseMessage ResponseClass=\"Success\">"
                 "<m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>"
                 "<m:FreeBusyView>");
    lab_buf_elem(&call->out, "t:FreeBusyViewType", type);
}

/* Adds what a mailbox's calendar has in the window. The caller's rights on it; without
 * any that show availability nothing is added. */
static unsigned gather(collect_t *c, const ask_t *ask, const lab_dir_entry_t *who)
{
    lab_folder_t *folder = lab_folder_distinguished(c->call->db, c->call->pool,
                                                    lab_mailbox_index(who), "calendar");
    unsigned rights =
        folder ? lab_rights(c->call, folder->mailbox, folder->id) & SHOWS : 0;
    if (rights)
        lab_view_window(c->call, folder->id, ask->from, ask->to, keep, c);
    return rights;
}

/* the best that the caller may see of what he asked for */
static void put_view(lab_call_t *call, const ask_t *ask, const lab_dir_entry_t *who)
{
    collect_t c = {call, apr_array_make(call->pool, 16, sizeof(busy_t))};
    unsigned rights = gather(&c, ask, who);
    bool details = ask->details && (rights & LAB_BUSY_DETAILS);
    if (!rights) {
        put_failure(call, lab_fail(call, "ErrorNoFreeBusyAccess"));
        return;
    }
    qsort(c.list->elts, (size_t)c.list->nelts, sizeof(busy_t), by_start);
    open_view(call, !ask->events
                        ? "MergedOnly"
                        : apr_pstrcat(call->pool, details ? "Detailed" : "FreeBusy",
                                      ask->merged ? "Merged" : "", NULL));
    if (ask->merged)
        put_merged(call, ask, c.list);
    if (ask->events)
        put_events(call, ask, c.list, details);
    lab_work_hours_put(call, who);
    lab_buf_puts(&call->out, "</m:FreeBusyView>");
}

/* a distribution list: all its members' time in one, whatever was asked for */
static void put_list(lab_call_t *call, const ask_t *ask, const lab_dir_list_t *list)
{
    collect_t c = {call, apr_array_make(call->pool, 16, sizeof(busy_t))};
    for (const char *const *m = list->members; *m; m++)
        gather(&c, ask, lab_dir_by_alias(*m));
    open_view(call, "MergedOnly");
    put_merged(call, ask, c.list);
    lab_buf_puts(&call->out, "</m:FreeBusyView>");
}

static void put_one(lab_call_t *call, const ask_t *ask, const char *address)
{
    const lab_dir_entry_t *who = lab_dir_by_any(address);
    const lab_dir_list_t *list = lab_dir_list_by_smtp(address);
    lab_buf_puts(&call->out, "<m:FreeBusyResponse>");
    if (who)
        put_view(call, ask, who);
    else if (list)
        put_list(call, ask, list);
    else
        put_failure(
            call,
            lab_fail_text(call, "ErrorMailRecipientNotFound",
                          apr_pstrcat(call->pool, "Unable to resolve e-mail address ",
                                      address, " to an Active Directory object.", NULL)));
    lab_buf_puts(&call->out, "</m:FreeBusyResponse>");
}

void lab_op_availability(lab_call_t *call)
{
    ask_t ask;
    xmlNodePtr list = lab_xml_child(call->request, "MailboxDataArray");
    int count = 0;
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n))
        count++;
    const char *code = read_ask(call, &ask);
    if (!code && count > MAX_MAILBOXES)
        code = "ErrorMailboxDataArrayTooBig";
    if (code) {
        lab_call_fault(call, code, NULL);
        return;
    }
    lab_buf_puts(&call->out, "<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>");
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        const char *address =
            lab_xml_child_text(call->pool, lab_xml_child(n, "Email"), "Address");
        put_one(call, &ask, address ? address : "");
    }
    lab_buf_puts(&call->out,
                 "</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>");
}
