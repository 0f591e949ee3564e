/* SPDX-License-Identifier: Apache-2.0 */
/* The post: from one mailbox to others, out of the organisation, or back. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "ews/events.h"
#include "meeting/attendant.h"

bool lab_mail_is_address(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || strchr(at + 1, '@') || !at[1] || at[1] == '.')
        return false;
    for (const char *s = address; *s; s++)
        if ((unsigned char)*s <= 0x20 || strchr("<>(),;:\"[]\\", *s))
            return false;
    size_t n = strlen(at);
    return at[n - 1] != '.' && !strstr(at, "..");
}

static bool in_our_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    return at && !strcasecmp(at + 1, LAB_DIR_DOMAIN);
}

/* those of `who` that stand on a list of attendees */
static apr_array_header_t *meet(apr_pool_t *pool, const apr_array_header_t *who,
                                const char *list)
{
    apr_array_header_t *people = lab_people_unpack(pool, list);
    apr_array_header_t *both = apr_array_make(pool, 4, sizeof(lab_person_t));
    for (int i = 0; i < who->nelts; i++) {
        const lab_person_t *p = &APR_ARRAY_IDX(who, i, lab_person_t);
        if (lab_people_find(people, p->address))
            APR_ARRAY_PUSH(both, lab_person_t) = *p;
    }
    return both;
}

/* required attendees are in To, optional ones in Cc, resources in Bcc */
static void put_recipients(lab_call_t *call, lab_mail_t *mail)
{
    apr_pool_t *pool = call->pool;
    lab_bag_t *bag = mail->item.bag;
    apr_array_header_t *cc = meet(pool, mail->to, lab_bag_get(bag, "OptionalAttendees"));
    apr_array_header_t *bcc = meet(pool, mail->to, lab_bag_get(bag, "Resources"));
    apr_array_header_t *to = apr_array_make(pool, 4, sizeof(lab_person_t));
    for (int i = 0; i < mail->to->nelts; i++) {
        lab_person_t *p = &APR_ARRAY_IDX(mail->to, i, lab_person_t);
        p->response = p->time = p->proposed_start = p->proposed_end = "";
        if (!lab_people_find(cc, p->address) && !lab_people_find(bcc, p->address))
            APR_ARRAY_PUSH(to, lab_person_t) = *p;
    }
    lab_bag_set(bag, "ToRecipients", lab_people_pack(pool, to));
    lab_bag_set(bag, "CcRecipients", lab_people_pack(pool, cc));
    lab_bag_set(bag, "BccRecipients", lab_people_pack(pool, bcc));
}

static void add_receiver(apr_array_header_t *list, const lab_dir_entry_t *who)
{
    int mailbox = who ? lab_mailbox_index(who) : -1;
    for (int i = 0; i < list->nelts; i++)
        if (APR_ARRAY_IDX(list, i, int) == mailbox)
            return;
    if (mailbox >= 0)
        APR_ARRAY_PUSH(list, int) = mailbox;
}

/* the mailboxes here that get a mail, each once; lists stand for their members */
static apr_array_header_t *receivers(lab_call_t *call, const lab_mail_t *mail)
{
    apr_array_header_t *list = apr_array_make(call->pool, 8, sizeof(int));
    for (int i = 0; i < mail->to->nelts; i++) {
        const char *address = APR_ARRAY_IDX(mail->to, i, lab_person_t).address;
        const lab_dir_list_t *group = lab_dir_list_by_smtp(address);
        add_receiver(list, lab_dir_by_smtp(address));
        for (int k = 0; group && group->members[k]; k++)
            add_receiver(list, lab_dir_by_alias(group->members[k]));
    }
    return list;
}

lab_item_t *lab_mail_keep(lab_call_t *call, const lab_mail_t *mail,
                          const lab_folder_t *folder, bool draft)
{
    lab_item_t *item = apr_pmemdup(call->pool, &mail->item, sizeof *item);
    item->bag = lab_bag_copy(call->pool, mail->item.bag);
    item->id = 0;
    item->mailbox = folder->mailbox;
    item->folder = folder->id;
    lab_bag_set(item->bag, "IsRead", "true");
    lab_bag_set(item->bag, "IsDraft", draft ? "true" : "false");
    lab_bag_set(item->bag, "IsSubmitted", draft ? "false" : "true");
    lab_bag_set(item->bag, "IsFromMe", "true");
    lab_item_save(call->db, call->pool, item);
    for (int i = 0; i < mail->exceptions->nelts; i++)
        lab_exception_save(call->db, call->pool, item->id,
                           APR_ARRAY_IDX(mail->exceptions, i, lab_exception_t *));
    if (mail->parts)
        lab_item_copy_attachments(call->db, mail->parts, item->id);
    lab_event_item(call, LAB_EVENT_CREATED, item);
    return item;
}

void lab_mail_by_caller(lab_call_t *call, lab_mail_t *mail)
{
    if (call->mailbox == mail->item.mailbox)
        return;
    lab_person_t by = lab_person_of(lab_dir_at(call->mailbox));
    lab_bag_set(mail->item.bag, "Sender", lab_people_pack_one(call->pool, &by));
}

/* an address of ours that nobody has */
static void send_back(lab_call_t *call, const lab_mail_t *mail, const char *address)
{
    const lab_dir_entry_t *sender = lab_dir_at(mail->item.mailbox);
    if (!sender)
        return;
    lab_mail_t *report = lab_mail_report(
        call, lab_bag_get(mail->item.bag, "Subject"),
        apr_pstrcat(call->pool,
                    "Delivery has failed to these recipients or groups:\r\n\r\n", address,
                    "\r\nThe e-mail address you entered couldn't be found.\r\n\r\n"
                    "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
                    NULL),
        sender->smtp);
    lab_mail_post(call, report, NULL);
}

void lab_mail_post(lab_call_t *call, lab_mail_t *mail, const lab_folder_t *copies)
{
    if (!mail->to->nelts)
        return;
    apr_array_header_t *here = receivers(call, mail);
    put_recipients(call, mail);
    lab_mail_record(call, mail, here);
    if (copies)
        lab_mail_keep(call, mail, copies, false);
    for (int i = 0; i < here->nelts; i++)
        lab_attendant_deliver(call, mail, APR_ARRAY_IDX(here, i, int));
    for (int i = 0; i < mail->to->nelts; i++) {
        const char *address = APR_ARRAY_IDX(mail->to, i, lab_person_t).address;
        if (in_our_domain(address) && !lab_dir_by_smtp(address) &&
            !lab_dir_list_by_smtp(address))
            send_back(call, mail, address);
    }
}
