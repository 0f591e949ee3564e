/* SPDX-License-Identifier: Apache-2.0 */
/* Properties that all items and messages have. */
#include "ews/emit.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

#include "ews/attachment.h"
#include "ews/ical.h"
#include "ews/people.h"
#include "ews/rights.h"
#include "meeting/meeting.h"

void lab_emit_mime(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text =
        e->view->kind == LAB_KIND_CALENDAR ? lab_ical_write(e->call, e->view)
        : e->view->kind & LAB_KIND_MEETING ? lab_meeting_mime(e->call, e->view)
                                           : lab_mail_write(e->call, e->view);
    lab_buf_printf(e->out, "<%s CharacterSet=\"UTF-8\">", p->element);
    lab_buf_puts(e->out, apr_pencode_base64(e->call->pool, text, APR_ENCODE_STRING,
                                            APR_ENCODE_NONE, NULL));
    lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_item_id(const lab_emit_t *e, const lab_prop_t *p)
{
    /* an item inside of another has none of its own */
    if (e->view->item->id)
        lab_put_item_id(e->call, e->out, p->element, e->view->item, e->view->day);
}

void lab_emit_parent_id(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_folder_t *folder =
        lab_folder_get(e->call->db, e->call->pool, e->view->item->folder);
    if (folder)
        lab_put_folder_id(e->call, e->out, p->element, folder);
}

void lab_emit_class(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *name = e->view->item->class_name;
    if (e->view->day != LAB_NO_DAY && !strcmp(name, "IPM.Appointment"))
        name = e->view->type == LAB_VIEW_EXCEPTION
                   ? "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"
                   : "IPM.Appointment.Occurrence";
    lab_buf_elem(e->out, p->element, name);
}

static bool starts(const char *s, const char *tag)
{
    return !strncasecmp(s, tag, strlen(tag));
}

static const char *const entities[][2] = {{"&amp;", "&"},  {"&lt;", "<"},
                                          {"&gt;", ">"},   {"&quot;", "\""},
                                          {"&nbsp;", " "}, {"&#39;", "'"}};

/* text of simple HTML: tags go, breaks and paragraphs become line ends */
static const char *html_to_text(apr_pool_t *pool, const char *html)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, strlen(html) + 1);
    const char *body = html;
    for (const char *s = html; *s; s++)
        if (starts(s, "<body"))
            body = s;
    for (const char *s = body; *s;) {
        if (*s == '<') {
            if (starts(s, "<br") || starts(s, "</p") || starts(s, "</div"))
                lab_buf_puts(&b, "\r\n");
            const char *end = strchr(s, '>');
            s = end ? end + 1 : s + strlen(s);
            continue;
        }
        size_t i, n = sizeof entities / sizeof *entities;
        for (i = 0; i < n && !starts(s, entities[i][0]); i++)
            ;
        if (i < n) {
            lab_buf_puts(&b, entities[i][1]);
            s += strlen(entities[i][0]);
        } else {
            lab_buf_add(&b, s++, 1);
        }
    }
    while (b.len && isspace((unsigned char)b.data[b.len - 1]))
        lab_buf_cut(&b, b.len - 1);
    return b.data;
}

static const char *text_to_html(apr_pool_t *pool, const char *text)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, strlen(text) + 300);
    lab_buf_puts(
        &b, "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html;"
            " charset=utf-8\">\r\n</head>\r\n<body>\r\n<div class=\"PlainText\">");
    for (const char *s = text; *s; s++) {
        if (*s == '\r')
            continue;
        const char *with = *s == '\n'  ? "<br>\r\n"
                           : *s == '<' ? "&lt;"
                           : *s == '>' ? "&gt;"
                           : *s == '&' ? "&amp;"
                                       : NULL;
        if (with)
            lab_buf_puts(&b, with);
        else
            lab_buf_add(&b, s, 1);
    }
    lab_buf_puts(&b, "</div>\r\n</body>\r\n</html>\r\n");
    return b.data;
}

const char *lab_body_as(lab_call_t *call, const lab_view_t *view, const char *form)
{
    const char *body = lab_view_get(view, "Body"), *type = lab_view_get(view, "BodyType");
    if (!body || !*body)
        return NULL;
    if (!strcmp(form, type ? type : "Text"))
        return body;
    return !strcmp(form, "Text") ? html_to_text(call->pool, body)
                                 : text_to_html(call->pool, body);
}

void lab_emit_body(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *stored = lab_view_get(e->view, "BodyType"), *form = e->shape->body_type;
    if (!strcmp(form, "Best"))
        form = stored ? stored : "HTML";
    const char *text = lab_body_as(e->call, e->view, form);
    lab_buf_printf(e->out, "<%s BodyType=\"%s\"", p->element, form);
    /* later generations say that nothing was left out */
    if (e->call->version >= LAB_EXCHANGE_2013)
        lab_buf_puts(e->out, " IsTruncated=\"false\"");
    lab_buf_puts(e->out, ">");
    lab_buf_escape(e->out, text ? text : "");
    lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_text_body(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_body_as(e->call, e->view, "Text");
    lab_buf_printf(e->out, "<%s BodyType=\"Text\" IsTruncated=\"false\">", p->element);
    lab_buf_escape(e->out, text ? text : "");
    lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_attachments(const lab_emit_t *e, const lab_prop_t *p)
{
    (void)p;
    lab_attachments_put(e->call, e->out, e->view);
}

void lab_emit_has_attachments(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_bool(e->out, p->element, lab_attachments_any(e->call, e->view));
}

void lab_emit_size(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_bag_t *bag = e->view->item->bag;
    size_t size = 500;
    for (int i = 0; i < bag->count; i++)
        size += strlen(bag->entries[i].name) +
                (bag->entries[i].text ? strlen(bag->entries[i].text) : 0);
    lab_buf_int(e->out, p->element, (long long)size);
}

void lab_emit_categories(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, "Categories");
    if (!text || !*text)
        return;
    char *state, *copy = apr_pstrdup(e->call->pool, text);
    lab_buf_printf(e->out, "<%s>", p->element);
    for (char *t = apr_strtok(copy, "\n", &state); t; t = apr_strtok(NULL, "\n", &state))
        lab_buf_elem(e->out, "t:String", t);
    lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_reminder_due(const lab_emit_t *e, const lab_prop_t *p)
{
    if (e->view->kind == LAB_KIND_CALENDAR)
        lab_put_time(e->call, e->out, p->element, e->view->start);
    else
        lab_emit_time(e, p);
}

/* names of one list of people, as Outlook shows them */
void lab_emit_display(const lab_emit_t *e, const lab_prop_t *p)
{
    bool cal = e->view->kind == LAB_KIND_CALENDAR, to = !strcmp(p->key, "DisplayTo");
    const char *key = cal ? (to ? "RequiredAttendees" : "OptionalAttendees")
                          : (to ? "ToRecipients" : "CcRecipients");
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, key));
    lab_buf_t names;
    lab_buf_init(&names, e->call->pool, 128);
    for (int i = 0; i < people->nelts; i++) {
        lab_buf_puts(&names, i ? "; " : "");
        lab_buf_puts(&names, APR_ARRAY_IDX(people, i, lab_person_t).name);
    }
    lab_buf_elem(e->out, p->element, names.data);
}

static void put_right_list(lab_call_t *call, lab_buf_t *out, const bool have[6],
                           int mailbox)
{
    static const char *const names[] = {"t:CreateAssociated", "t:CreateContents",
                                        "t:CreateHierarchy",  "t:Delete",
                                        "t:Modify",           "t:Read"};
    lab_buf_puts(out, "<t:EffectiveRights>");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        lab_buf_bool(out, names[i], have[i]);
    if (call->version >= LAB_EXCHANGE_2010)
        lab_buf_bool(out, "t:ViewPrivateItems", lab_sees_private(call, mailbox));
    lab_buf_puts(out, "</t:EffectiveRights>");
}

void lab_put_rights(lab_call_t *call, lab_buf_t *out, const lab_folder_t *folder)
{
    unsigned rights = lab_rights(call, folder->mailbox, folder->id);
    bool owner = rights & LAB_IS_OWNER;
    bool have[] = {owner, rights & LAB_CAN_CREATE, rights & LAB_CAN_MAKE_FOLDERS, owner,
                   owner, rights & LAB_CAN_READ};
    put_right_list(call, out, have, folder->mailbox);
}

void lab_emit_rights(const lab_emit_t *e, const lab_prop_t *p)
{
    (void)p;
    const lab_item_t *item = e->view->item;
    /* nothing can be made inside an item */
    bool have[] = {
        false, false, false, lab_may_delete(e->call, item), lab_may_edit(e->call, item),
        true};
    put_right_list(e->call, e->out, have, item->mailbox);
}

void lab_emit_one_person(const lab_emit_t *e, const lab_prop_t *p)
{
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, p->key));
    if (!people->nelts)
        return;
    lab_buf_printf(e->out, "<%s>", p->element);
    lab_put_mailbox(e->call, e->out, &APR_ARRAY_IDX(people, 0, lab_person_t));
    lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_recipients(const lab_emit_t *e, const lab_prop_t *p)
{
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, p->key));
    if (!people->nelts)
        return;
    lab_buf_printf(e->out, "<%s>", p->element);
    for (int i = 0; i < people->nelts; i++)
        lab_put_mailbox(e->call, e->out, &APR_ARRAY_IDX(people, i, lab_person_t));
    lab_buf_printf(e->out, "</%s>", p->element);
}
