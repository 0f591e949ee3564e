/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "ews/emit.h"
#include "ews/ical.h"
#include "ews/people.h"

/* a header's text as encoded words, so that nothing can break out of its line */
static const char *word(apr_pool_t *pool, const char *text)
{
    for (const char *s = text; *s; s++)
        if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e || *s == '=')
            return apr_pstrcat(
                pool, "=?utf-8?B?",
                apr_pencode_base64(pool, text, APR_ENCODE_STRING, APR_ENCODE_NONE, NULL),
                "?=", NULL);
    return text;
}

static void put_list(lab_call_t *call, lab_buf_t *b, const char *name, const char *text)
{
    apr_array_header_t *people = lab_people_unpack(call->pool, text);
    for (int i = 0; i < people->nelts; i++) {
        const lab_person_t *p = &APR_ARRAY_IDX(people, i, lab_person_t);
        lab_buf_printf(b, "%s%s <%s>",
                       i ? ",\r\n\t" : apr_pstrcat(call->pool, name, ": ", NULL),
                       word(call->pool, p->name), word(call->pool, p->address));
    }
    if (people->nelts)
        lab_buf_puts(b, "\r\n");
}

void lab_mail_write_head(lab_call_t *call, const lab_view_t *view, lab_buf_t *b)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const char *subject = lab_view_get(view, "Subject");
    lab_wall_t w = lab_wall_from_time(lab_view_int(view, "DateTimeCreated", 0), 0);
    put_list(call, b, "From", lab_view_get(view, "From"));
    put_list(call, b, "To", lab_view_get(view, "ToRecipients"));
    put_list(call, b, "CC", lab_view_get(view, "CcRecipients"));
    lab_buf_printf(b, "Subject: %s\r\n", word(call->pool, subject ? subject : ""));
    lab_buf_printf(b, "Date: %s, %d %.3s %04d %02d:%02d:%02d +0000\r\n",
                   days[lab_date_weekday(w.date)], w.date.day,
                   lab_month_name(w.date.month), w.date.year, w.sec / 3600,
                   w.sec / 60 % 60, w.sec % 60);
}

void lab_mail_write_part(lab_buf_t *b, const char *type, const char *text)
{
    lab_buf_printf(b,
                   "Content-Type: text/%s; charset=\"utf-8\"\r\n"
                   "Content-Transfer-Encoding: base64\r\n\r\n",
                   type);
    const char *coded = apr_pencode_base64(b->pool, text ? text : "", APR_ENCODE_STRING,
                                           APR_ENCODE_NONE, NULL);
    for (size_t n = coded ? strlen(coded) : 0; n > 0;) {
        size_t part = n < 76 ? n : 76;
        lab_buf_add(b, coded, part);
        lab_buf_puts(b, "\r\n");
        coded += part;
        n -= part;
    }
}

const char *lab_mail_write(lab_call_t *call, const lab_view_t *view)
{
    lab_buf_t b;
    const char *type = lab_view_get(view, "BodyType");
    lab_buf_init(&b, call->pool, 1024);
    lab_mail_write_head(call, view, &b);
    lab_buf_puts(&b, "MIME-Version: 1.0\r\n");
    lab_mail_write_part(&b, type && !strcmp(type, "HTML") ? "html" : "plain",
                        lab_view_get(view, "Body"));
    return b.data;
}
