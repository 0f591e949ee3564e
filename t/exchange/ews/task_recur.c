/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/task_recur.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *element;
    lab_regen_t regen;
    int most; /* of the interval */
} rows[] = {{"DailyRegeneration", LAB_REGEN_DAILY, 999},
            {"WeeklyRegeneration", LAB_REGEN_WEEKLY, 99},
            {"MonthlyRegeneration", LAB_REGEN_MONTHLY, 99},
            {"YearlyRegeneration", LAB_REGEN_YEARLY, 99}};

#define NROWS (sizeof rows / sizeof *rows)

static const lab_fail_t *failed(lab_call_t *call, const lab_recur_error_t *error)
{
    return lab_fail_text(call, error->code, error->text);
}

/* the range is read with a daily pattern in the place of the regenerating one */
static const lab_fail_t *read_regenerating(lab_call_t *call, xmlNodePtr element,
                                           xmlNodePtr pattern, size_t row,
                                           lab_task_recur_t *out)
{
    const char *text = lab_xml_child_text(call->pool, pattern, "Interval");
    long interval = text ? strtol(text, NULL, 10) : 0;
    lab_recur_error_t error;
    if (interval < 1 || interval > rows[row].most)
        return lab_fail(call, "ErrorCalendarInvalidRecurrence");
    xmlNodePtr copy = xmlCopyNode(element, 1);
    xmlNodePtr daily = copy ? lab_xml_child(copy, rows[row].element) : NULL;
    if (!daily) {
        xmlFreeNode(copy);
        return lab_fail(call, "ErrorInternalServerError");
    }
    xmlNodeSetName(daily, BAD_CAST "DailyRecurrence");
    apr_status_t rv = lab_recur_from_xml(copy, &out->recur, &error);
    xmlFreeNode(copy);
    if (rv != APR_SUCCESS)
        return failed(call, &error);
    out->regen = rows[row].regen;
    out->recur.interval = (int)interval;
    return NULL;
}

const lab_fail_t *lab_task_recur_read(lab_call_t *call, xmlNodePtr element,
                                      lab_task_recur_t *out)
{
    lab_recur_error_t error;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < NROWS; i++) {
        xmlNodePtr pattern = lab_xml_child(element, rows[i].element);
        if (pattern)
            return read_regenerating(call, element, pattern, i, out);
    }
    if (lab_recur_from_xml(element, &out->recur, &error) != APR_SUCCESS)
        return failed(call, &error);
    return NULL;
}

/* what lab_recur_write() has written, with the name of the regenerating pattern */
static void put_renamed(lab_buf_t *out, const char *text, const char *name)
{
    static const char daily[] = "DailyRecurrence";
    for (const char *at; (at = strstr(text, daily)); text = at + sizeof daily - 1) {
        lab_buf_add(out, text, (size_t)(at - text));
        lab_buf_puts(out, name);
    }
    lab_buf_puts(out, text);
}

void lab_task_recur_put(lab_call_t *call, lab_buf_t *out, const char *name,
                        const lab_task_recur_t *r)
{
    lab_recur_t recur = r->recur;
    recur.kind = r->regen ? LAB_RECUR_DAILY : recur.kind;
    xmlBufferPtr raw = xmlBufferCreate();
    xmlTextWriterPtr w = raw ? xmlNewTextWriterMemory(raw, 0) : NULL;
    if (w && xmlTextWriterStartElement(w, BAD_CAST name) >= 0 &&
        lab_recur_write(w, &recur, call->version >= LAB_EXCHANGE_2010_SP1,
                        call->zone ? call->zone : lab_zone_utc()) == 0 &&
        xmlTextWriterEndElement(w) >= 0 && xmlTextWriterFlush(w) >= 0)
        put_renamed(out, (const char *)xmlBufferContent(raw),
                    r->regen ? rows[r->regen - 1].element : "DailyRecurrence");
    xmlFreeTextWriter(w);
    xmlBufferFree(raw);
}

const char *lab_task_recur_text(apr_pool_t *pool, const lab_task_recur_t *r)
{
    return apr_psprintf(pool, "%d %s", (int)r->regen,
                        lab_recur_to_text(&r->recur, pool));
}

bool lab_task_recur_parse(const char *text, lab_task_recur_t *r)
{
    if (!text || text[0] < '0' || text[0] > '0' + (int)NROWS || text[1] != ' ')
        return false;
    memset(r, 0, sizeof *r);
    r->regen = (lab_regen_t)(text[0] - '0');
    return lab_recur_from_text(text + 2, &r->recur) == APR_SUCCESS;
}

int lab_task_recur_first(const lab_task_recur_t *r)
{
    return lab_date_to_days(r->regen ? r->recur.start : lab_recur_first(&r->recur));
}

static lab_date_t add_months(lab_date_t date, int months)
{
    int month = date.month - 1 + months;
    date.year += month / 12;
    date.month = month % 12 + 1;
    int length = lab_date_days_in_month(date.year, date.month);
    if (date.day > length)
        date.day = length;
    return date;
}

static lab_date_t after_completion(const lab_task_recur_t *r, lab_date_t date)
{
    int n = r->recur.interval;
    switch (r->regen) {
    case LAB_REGEN_WEEKLY: return lab_date_add_days(date, 7 * n);
    case LAB_REGEN_MONTHLY: return add_months(date, n);
    case LAB_REGEN_YEARLY: return add_months(date, 12 * n);
    case LAB_REGEN_DAILY:
    case LAB_REGEN_NONE: break;
    }
    return lab_date_add_days(date, n);
}

bool lab_task_recur_next(const lab_task_recur_t *r, int day, int completed, int *next)
{
    lab_date_t date;
    if (r->recur.range == LAB_RECUR_NUMBERED && r->recur.count <= 1)
        return false;
    if (r->regen) {
        date = after_completion(r, lab_date_from_days(completed));
    } else {
        lab_recur_t endless = r->recur;
        endless.range = LAB_RECUR_NO_END;
        int index = lab_recur_index_from(&endless, lab_date_from_days(day + 1));
        if (!index || !lab_recur_date(&endless, index, &date))
            return false;
    }
    if (r->recur.range == LAB_RECUR_END_DATE &&
        lab_date_compare(date, r->recur.end) > 0)
        return false;
    *next = lab_date_to_days(date);
    return true;
}
