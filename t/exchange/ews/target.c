/* SPDX-License-Identifier: Apache-2.0 */
/* From the ids of a request to the objects they name. */
#include "ews/ews.h"

#include <string.h>

#include "ews/rights.h"

int lab_mailbox_index(const lab_dir_entry_t *entry)
{
    for (int i = 0; i < lab_dir_count(); i++)
        if (lab_dir_at(i) == entry)
            return i;
    return -1;
}

/* the mailbox that a distinguished folder is asked of */
static const lab_fail_t *folder_mailbox(lab_call_t *call, xmlNodePtr id, int *mailbox)
{
    *mailbox = call->mailbox;
    /* the public folders are the same for everybody */
    if (!strcmp(lab_xml_attr(call->pool, id, "Id"), "publicfoldersroot")) {
        *mailbox = lab_dir_public();
        return NULL;
    }
    xmlNodePtr box = lab_xml_child(id, "Mailbox");
    const char *address = lab_xml_child_text(call->pool, box, "EmailAddress");
    if (!address || !*address)
        return NULL;
    const lab_dir_entry_t *who = lab_dir_by_any(address);
    if (!who)
        return lab_fail(call, "ErrorNonExistentMailbox");
    *mailbox = lab_mailbox_index(who);
    return NULL;
}

const lab_fail_t *lab_target_folder(lab_call_t *call, xmlNodePtr element,
                                    lab_right_t right, lab_folder_t **folder)
{
    const char *text = lab_xml_attr(call->pool, element, "Id");
    *folder = NULL;
    if (!text || !*text)
        return lab_fail(call, "ErrorInvalidIdEmpty");
    if (lab_xml_is(element, "DistinguishedFolderId")) {
        int mailbox;
        const lab_fail_t *fail = folder_mailbox(call, element, &mailbox);
        if (fail)
            return fail;
        *folder = lab_folder_distinguished(call->db, call->pool, mailbox, text);
    } else {
        lab_id_t id;
        if (!lab_id_parse(text, &id))
            return lab_fail(call, "ErrorInvalidIdMalformed");
        if (id.kind != LAB_ID_FOLDER)
            return lab_fail(call, "ErrorInvalidFolderId");
        *folder = lab_folder_get(call->db, call->pool, id.number);
    }
    return *folder ? lab_may_folder(call, *folder, right)
                   : lab_fail(call, "ErrorFolderNotFound");
}

const lab_fail_t *lab_target_folder_in(lab_call_t *call, xmlNodePtr holder,
                                       lab_right_t right, lab_folder_t **folder)
{
    return lab_target_folder(call, lab_xml_first(holder), right, folder);
}

static const lab_fail_t *read_key(lab_call_t *call, xmlNodePtr element, apr_int64_t *key)
{
    const char *text = lab_xml_attr(call->pool, element, "ChangeKey");
    *key = 0;
    if (text && *text && !lab_change_key_parse(text, key))
        return lab_fail(call, "ErrorInvalidChangeKey");
    return NULL;
}

static const lab_fail_t *load(lab_call_t *call, const lab_id_t *id, lab_right_t right,
                              lab_item_t **item)
{
    *item = lab_item_get(call->db, call->pool, id->number);
    if (!*item || (*item)->mailbox != id->mailbox)
        return lab_fail(call, "ErrorItemNotFound");
    return lab_may_item(call, *item, right);
}

/* the n-th occurrence of a master */
static const lab_fail_t *by_index(lab_call_t *call, xmlNodePtr element,
                                  const lab_id_t *id, lab_right_t right,
                                  lab_item_t **item, int *day)
{
    if (id->kind != LAB_ID_ITEM)
        return lab_fail(call, "ErrorCalendarCannotUseIdForOccurrenceId");
    const lab_fail_t *fail = load(call, id, right, item);
    if (fail)
        return fail;
    if (!(*item)->recurring)
        return lab_fail(call, "ErrorCalendarCannotUseIdForOccurrenceId");
    const char *text = lab_xml_attr(call->pool, element, "InstanceIndex");
    apr_int64_t index = text ? apr_strtoi64(text, NULL, 10) : 0;
    lab_series_t *series = lab_series_load(call, *item);
    lab_date_t date;
    if (index < 1 || index > 10000000 ||
        !lab_recur_date(&series->recur, (int)index, &date))
        return lab_fail(call, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange");
    *day = lab_date_to_days(date);
    const lab_exception_t *x = lab_series_exception(series, *day);
    if (x && x->deleted)
        return lab_fail(call, "ErrorCalendarOccurrenceIsDeletedFromRecurrence");
    return NULL;
}

/* an occurrence's own id: still in the pattern and not deleted? */
static const lab_fail_t *check_day(lab_call_t *call, const lab_item_t *item, int day)
{
    if (!item->recurring)
        return lab_fail(call, "ErrorItemNotFound");
    lab_series_t *series = lab_series_load(call, item);
    const lab_exception_t *x = lab_series_exception(series, day);
    if (!lab_recur_index(&series->recur, lab_date_from_days(day)))
        return lab_fail(call, "ErrorItemNotFound");
    if (x && x->deleted)
        return lab_fail(call, "ErrorItemNotFound");
    return NULL;
}

const lab_fail_t *lab_target_item(lab_call_t *call, xmlNodePtr element, lab_right_t right,
                                  lab_item_t **item, int *day, apr_int64_t *key)
{
    const char *attribute = lab_xml_is(element, "OccurrenceItemId") ? "RecurringMasterId"
                            : lab_xml_is(element, "RecurringMasterItemId")
                                ? "OccurrenceId"
                                : "Id";
    const char *text = lab_xml_attr(call->pool, element, attribute);
    lab_id_t id;
    *item = NULL;
    *day = LAB_NO_DAY;
    *key = 0;
    if (!text || !*text)
        return lab_fail(call, "ErrorInvalidIdEmpty");
    if (!lab_id_parse(text, &id))
        return lab_fail(call, "ErrorInvalidIdMalformed");
    if (id.kind == LAB_ID_FOLDER || id.attachment)
        return lab_fail(call, "ErrorInvalidId");
    const lab_fail_t *fail = read_key(call, element, key);
    if (fail)
        return fail;
    if (lab_xml_is(element, "OccurrenceItemId"))
        return by_index(call, element, &id, right, item, day);
    if (lab_xml_is(element, "RecurringMasterItemId")) {
        if (id.kind != LAB_ID_OCCURRENCE)
            return lab_fail(call, "ErrorCalendarCannotUseIdForRecurringMasterId");
        return load(call, &id, right, item);
    }
    fail = load(call, &id, right, item);
    if (!fail && id.kind == LAB_ID_OCCURRENCE) {
        *day = id.day;
        fail = check_day(call, *item, id.day);
    }
    return fail;
}
