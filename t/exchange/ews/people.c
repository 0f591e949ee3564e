/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/people.h"

#include <apr_strings.h>
#include <string.h>

/* fields end in \x1f, people in \x1e; neither can come in XML */

apr_array_header_t *lab_people_unpack(apr_pool_t *pool, const char *text)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(lab_person_t));
    char *copy = apr_pstrdup(pool, text ? text : "");
    while (*copy) {
        const char *fields[7] = {"", "", "", "", "", "", ""};
        char *end = strchr(copy, '\x1e');
        if (!end)
            break;
        *end = '\0';
        for (int i = 0; i < 7 && copy < end; i++) {
            char *stop = strchr(copy, '\x1f');
            fields[i] = copy;
            if (!stop)
                break;
            *stop = '\0';
            copy = stop + 1;
        }
        lab_person_t p = {fields[0], fields[1], fields[2], fields[3],
                          fields[4], fields[5], fields[6]};
        APR_ARRAY_PUSH(list, lab_person_t) = p;
        copy = end + 1;
    }
    return list;
}

const char *lab_people_pack(apr_pool_t *pool, const apr_array_header_t *people)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, 256);
    for (int i = 0; i < people->nelts; i++) {
        const lab_person_t *p = &APR_ARRAY_IDX(people, i, lab_person_t);
        lab_buf_printf(&b, "%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f\x1e", p->name,
                       p->address, p->routing, p->response, p->time, p->proposed_start,
                       p->proposed_end);
    }
    return b.data;
}

const lab_dir_entry_t *lab_item_owner(const lab_item_t *item)
{
    int who = item->mailbox;
    if (who == lab_dir_public())
        who = (int)lab_bag_int(item->bag, "Creator", who);
    return lab_dir_at(who);
}

lab_person_t lab_person_of(const lab_dir_entry_t *entry)
{
    lab_person_t p = {entry->display_name, entry->smtp, "SMTP", "", "", "", ""};
    return p;
}

static const lab_fail_t *read_one(lab_call_t *call, xmlNodePtr box, lab_person_t *p)
{
    const char *name = lab_xml_child_text(call->pool, box, "Name");
    const char *address = lab_xml_child_text(call->pool, box, "EmailAddress");
    const char *routing = lab_xml_child_text(call->pool, box, "RoutingType");
    if ((!address || !*address) && (!name || !*name))
        return lab_fail(call, "ErrorInvalidRecipients");
    const lab_dir_entry_t *who = lab_dir_by_any(address && *address ? address : name);
    const lab_dir_list_t *list = who ? NULL : lab_dir_list_by_smtp(address);
    p->name = name && *name ? name
              : who         ? who->display_name
              : list        ? list->display_name
                            : address;
    p->address = who ? who->smtp : address && *address ? address : name;
    p->routing = who || !routing || !*routing ? "SMTP" : routing;
    p->response = p->time = p->proposed_start = p->proposed_end = "";
    return NULL;
}

const lab_fail_t *lab_people_read(lab_call_t *call, xmlNodePtr list,
                                  apr_array_header_t **people)
{
    *people = apr_array_make(call->pool, 4, sizeof(lab_person_t));
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_person_t p;
        bool attendee = lab_xml_is(n, "Attendee");
        const lab_fail_t *fail =
            read_one(call, attendee ? lab_xml_child(n, "Mailbox") : n, &p);
        if (fail)
            return fail;
        if (attendee)
            p.response = "Unknown";
        APR_ARRAY_PUSH(*people, lab_person_t) = p;
    }
    return NULL;
}

void lab_put_mailbox(lab_call_t *call, lab_buf_t *out, const lab_person_t *p)
{
    lab_buf_puts(out, "<t:Mailbox>");
    lab_buf_elem(out, "t:Name", p->name);
    lab_buf_elem(out, "t:EmailAddress", p->address);
    lab_buf_elem(out, "t:RoutingType", p->routing);
    if (call->version >= LAB_EXCHANGE_2010)
        lab_buf_elem(out, "t:MailboxType",
                     lab_dir_by_smtp(p->address)        ? "Mailbox"
                     : lab_dir_list_by_smtp(p->address) ? "PublicDL"
                                                        : "OneOff");
    lab_buf_puts(out, "</t:Mailbox>");
}
