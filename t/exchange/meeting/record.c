/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of GET /lab/outbox: a mail as the tests see it. */
#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ews/emit.h"
#include "ews/ical.h"
#include "meeting/mail.h"

typedef enum form { TEXT, NUMBER, TIME, PERSON } form_t;

/* what is taken out of the message's bag */
static const struct {
    const char *name, *key;
    form_t form;
} rows[] = {
    {"from", "From", PERSON},
    {"sender", "Sender", PERSON},
    {"subject", "Subject", TEXT},
    {"recurrence_id", "RecurrenceId", TIME},
    {"sequence", "AppointmentSequenceNumber", NUMBER},
    {"start", "Start", TIME},
    {"end", "End", TIME},
    {"location", "Location", TEXT},
    {"type", "MeetingRequestType", TEXT},
    {"proposed_start", "ProposedStart", TIME},
    {"proposed_end", "ProposedEnd", TIME},
};

static json_t *text_or_null(const char *text)
{
    json_t *value = text ? json_string(text) : NULL;
    return value ? value : json_null();
}

static json_t *value_of(lab_call_t *call, const lab_bag_t *bag, const char *key,
                        form_t form)
{
    const char *text = lab_bag_get(bag, key);
    if (form == NUMBER)
        return json_integer(lab_bag_int(bag, key, 0));
    if (form == TIME && text)
        text = lab_time_format_utc(lab_bag_int(bag, key, 0), call->pool);
    if (form == PERSON) {
        apr_array_header_t *people = lab_people_unpack(call->pool, text);
        text = people->nelts ? APR_ARRAY_IDX(people, 0, lab_person_t).address : NULL;
    }
    return text_or_null(text);
}

/* the message as a view that knows the exceptions of its series */
static void view_of(lab_call_t *call, const lab_mail_t *mail, lab_view_t *view)
{
    lab_view_item(call, &mail->item, view);
    if (!view->series)
        return;
    lab_series_t *series = apr_pmemdup(call->pool, view->series, sizeof *series);
    series->exceptions = mail->exceptions;
    view->series = series;
}

void lab_mail_record(lab_call_t *call, const lab_mail_t *mail,
                     const apr_array_header_t *here)
{
    const lab_bag_t *bag = mail->item.bag;
    const char *class_name = mail->item.class_name;
    json_t *o = json_object(), *to = json_array(), *delivered = json_array();
    lab_view_t view;
    view_of(call, mail, &view);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        json_object_set_new(o, rows[i].name,
                            value_of(call, bag, rows[i].key, rows[i].form));
    for (int i = 0; i < mail->to->nelts; i++)
        json_array_append_new(
            to, text_or_null(APR_ARRAY_IDX(mail->to, i, lab_person_t).address));
    for (int i = 0; i < here->nelts; i++)
        json_array_append_new(
            delivered, text_or_null(lab_dir_at(APR_ARRAY_IDX(here, i, int))->smtp));
    json_object_set_new(o, "to", to);
    json_object_set_new(o, "delivered", delivered);
    json_object_set_new(o, "class", text_or_null(class_name));
    json_object_set_new(o, "method", text_or_null(mail->method));
    json_object_set_new(o, "uid", text_or_null(mail->item.uid));
    json_object_set_new(o, "recurring", json_boolean(mail->item.recurring));
    json_object_set_new(o, "response",
                        view.kind == LAB_KIND_RESPONSE
                            ? text_or_null(lab_bag_get(bag, "ResponseType"))
                            : json_null());
    json_object_set_new(o, "body", text_or_null(lab_body_as(call, &view, "Text")));
    json_object_set_new(
        o, "ics",
        text_or_null(mail->method ? lab_ical_write_message(call, &view, mail->method)
                                  : NULL));
    char *text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);
    lab_db_exec(call->db, "INSERT INTO mails(text) VALUES(?)", "t", text ? text : "{}");
    free(text);
    json_decref(o);
}
