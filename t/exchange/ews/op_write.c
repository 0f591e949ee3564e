/* SPDX-License-Identifier: Apache-2.0 */
/* CreateItem and UpdateItem. */
#include <apr_strings.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/events.h"
#include "ews/shape.h"
#include "meeting/meeting.h"

/* <m:Items> with the ids of what was written, array of lab_view_t */
static void put_written(lab_call_t *call, const apr_array_header_t *made)
{
    lab_buf_puts(&call->out, "<m:Items>");
    for (int i = 0; i < made->nelts; i++) {
        const lab_view_t *v = &APR_ARRAY_IDX(made, i, lab_view_t);
        const char *element = lab_kind_element(v->kind);
        lab_buf_printf(&call->out, "<t:%s>", element);
        lab_put_item_id(call, &call->out, "t:ItemId", v->item, v->day);
        lab_buf_printf(&call->out, "</t:%s>", element);
    }
    lab_buf_puts(&call->out, "</m:Items>");
}

static void add_written(const lab_draft_t *d, apr_array_header_t *made)
{
    lab_view_t *v = apr_array_push(made);
    memset(v, 0, sizeof *v);
    /* a recurring task that moved on answers with the occurrence it left behind */
    v->item = d->done ? d->done : d->item;
    v->kind = d->kind;
    v->day = d->day;
}

/* where new items of a kind go when the request names no folder */
static const char *home_of(lab_kind_t kind)
{
    return kind == LAB_KIND_CALENDAR  ? "calendar"
           : kind == LAB_KIND_CONTACT ? "contacts"
           : kind == LAB_KIND_TASK    ? "tasks"
                                      : "drafts";
}

static lab_kind_t kind_of_element(xmlNodePtr element)
{
    static const lab_kind_t kinds[] = {LAB_KIND_CALENDAR, LAB_KIND_MESSAGE,
                                       LAB_KIND_CONTACT, LAB_KIND_TASK};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (lab_xml_is(element, lab_kind_element(kinds[i])))
            return kinds[i];
    return LAB_KIND_ITEM;
}

static const lab_fail_t *check_create(lab_call_t *call, lab_kind_t kind,
                                      const lab_folder_t *folder)
{
    xmlNodePtr r = call->request;
    if (kind == LAB_KIND_CALENDAR) {
        if (!lab_xml_attr(call->pool, r, "SendMeetingInvitations"))
            return lab_fail(call, "ErrorSendMeetingInvitationsRequired");
        if (strncmp(folder->class_name, "IPF.Appointment", 15))
            return lab_fail(call, "ErrorCannotCreateCalendarItemInNonCalendarFolder");
        return NULL;
    }
    if (kind == LAB_KIND_TASK)
        return strncmp(folder->class_name, "IPF.Task", 8)
                   ? lab_fail(call, "ErrorCannotCreateTaskInNonTaskFolder")
                   : NULL;
    if (kind != LAB_KIND_MESSAGE)
        return lab_fail(call, "ErrorInvalidRequest");
    const char *how = lab_xml_attr(call->pool, r, "MessageDisposition");
    if (!how)
        return lab_fail(call, "ErrorMessageDispositionRequired");
    return strcmp(how, "SaveOnly") ? lab_fail(call, "ErrorInvalidRequest") : NULL;
}

static const lab_fail_t *create_one(lab_call_t *call, xmlNodePtr element, lab_draft_t *d)
{
    lab_kind_t kind = kind_of_element(element);
    lab_folder_t *folder;
    const lab_fail_t *fail = NULL;
    xmlNodePtr saved = lab_xml_child(call->request, "SavedItemFolderId");
    if (saved)
        fail = lab_target_folder_in(call, saved, LAB_RIGHT_WRITE, &folder);
    else
        folder =
            lab_folder_distinguished(call->db, call->pool, call->mailbox, home_of(kind));
    if (!fail)
        fail = folder ? check_create(call, kind, folder)
                      : lab_fail(call, "ErrorSavedItemFolderNotFound");
    if (fail)
        return fail;
    lab_draft_new(call, kind, folder, d);
    d->sending = lab_sending_read(
        lab_xml_attr(call->pool, call->request, "SendMeetingInvitations"));
    for (xmlNodePtr n = lab_xml_first(element); n && !fail; n = lab_xml_next(n))
        fail = lab_draft_set(d, n);
    if (!fail)
        fail = lab_draft_settle(d);
    return fail ? fail : lab_meeting_send(d);
}

/* one of the items, in a savepoint of its own */
static const lab_fail_t *create_or_respond(lab_call_t *call, xmlNodePtr element,
                                           apr_array_header_t *made)
{
    lab_draft_t d = {0};
    const lab_fail_t *fail;
    int events = lab_events_mark(call);
    lab_db_mark(call->db);
    if (lab_response_is_one(element))
        fail = lab_response_do(call, element, made);
    else
        fail = create_one(call, element, &d);
    lab_db_unmark(call->db, !fail || d.kept);
    if (fail && !d.kept)
        lab_events_cut(call, events);
    if (!fail && d.item)
        add_written(&d, made);
    return fail;
}

void lab_op_create_item(lab_call_t *call)
{
    xmlNodePtr items = lab_xml_child(call->request, "Items");
    lab_answer_open(call, "CreateItem");
    for (xmlNodePtr n = lab_xml_first(items); n; n = lab_xml_next(n)) {
        apr_array_header_t *made = apr_array_make(call->pool, 2, sizeof(lab_view_t));
        const lab_fail_t *fail = create_or_respond(call, n, made);
        if (fail) {
            lab_answer_fail(call, "CreateItem", fail, "<m:Items/>");
            continue;
        }
        lab_answer_ok(call, "CreateItem");
        put_written(call, made);
        lab_answer_end(call, "CreateItem");
    }
    lab_answer_close(call, "CreateItem");
}

static const lab_fail_t *set_field(lab_call_t *call, lab_draft_t *d, xmlNodePtr update)
{
    xmlNodePtr path = lab_xml_first(update), value = lab_xml_first(lab_xml_next(path));
    if (!value || lab_xml_next(value))
        return lab_fail(call, "ErrorIncorrectUpdatePropertyCount");
    if (lab_xml_is(path, "ExtendedFieldURI")) {
        lab_ext_t named, given = {0};
        xmlNodePtr inner = lab_xml_child(value, "ExtendedFieldURI");
        const lab_fail_t *fail = lab_ext_read(call, path, &named);
        if (!fail && inner)
            fail = lab_ext_read(call, inner, &given);
        if (!fail && (!inner || strcmp(named.key, given.key)))
            fail = lab_fail(call, "ErrorUpdatePropertyMismatch");
        return fail ? fail : lab_draft_set_ext(d, value);
    }
    const char *uri = lab_xml_attr(call->pool, path, "FieldURI");
    const lab_prop_t *p = lab_prop_for(uri, d->kind);
    if (!p || !(p->kinds & (unsigned)d->kind))
        return lab_fail(call, "ErrorInvalidPropertySet");
    if (!lab_xml_is(value, p->element + 2))
        return lab_fail(call, "ErrorUpdatePropertyMismatch");
    return lab_draft_set(d, value);
}

static const lab_fail_t *clear_field(lab_call_t *call, lab_draft_t *d, xmlNodePtr update)
{
    xmlNodePtr path = lab_xml_first(update);
    if (lab_xml_is(path, "ExtendedFieldURI")) {
        lab_ext_t ext;
        const lab_fail_t *fail = lab_ext_read(call, path, &ext);
        return fail ? fail : lab_draft_clear_ext(d, &ext);
    }
    const lab_prop_t *p =
        lab_prop_for(lab_xml_attr(call->pool, path, "FieldURI"), d->kind);
    return p ? lab_draft_clear(d, p) : lab_fail(call, "ErrorInvalidPropertyDelete");
}

/* appending is for texts that grow: bodies and lists of people */
static const lab_fail_t *append_field(lab_call_t *call, lab_draft_t *d, xmlNodePtr update)
{
    xmlNodePtr path = lab_xml_first(update), value = lab_xml_first(lab_xml_next(path));
    const lab_prop_t *p =
        lab_prop_for(lab_xml_attr(call->pool, path, "FieldURI"), d->kind);
    if (!value || lab_xml_next(value))
        return lab_fail(call, "ErrorIncorrectUpdatePropertyCount");
    if (!p || (p->set != lab_set_body && p->set != lab_set_people))
        return lab_fail(call, "ErrorInvalidPropertyAppend");
    const char *before = lab_bag_get(d->bag, p->key);
    const lab_fail_t *fail = set_field(call, d, update);
    if (!fail && before)
        lab_bag_set(d->bag, p->key,
                    apr_pstrcat(call->pool, before, lab_bag_get(d->bag, p->key), NULL));
    return fail;
}

/* May a write with this ChangeKey go on? (ews.md 2: only AlwaysOverwrite needs no key) */
static const lab_fail_t *check_key(lab_call_t *call, const lab_item_t *item,
                                   apr_int64_t key, const char *resolution)
{
    bool always = resolution && !strcmp(resolution, "AlwaysOverwrite");
    bool never = resolution && !strcmp(resolution, "NeverOverwrite");
    if (!key)
        return always ? NULL : lab_fail(call, "ErrorChangeKeyRequired");
    if (key != item->cn && never)
        return lab_fail(call, "ErrorIrresolvableConflict");
    return NULL;
}

/* calendar items in the trash stay as they are */
static const lab_fail_t *check_place(lab_call_t *call, const lab_item_t *item)
{
    if (lab_kind_of_class(item->class_name) != LAB_KIND_CALENDAR)
        return NULL;
    const lab_folder_t *trash =
        lab_folder_distinguished(call->db, call->pool, item->mailbox, "deleteditems");
    return trash && trash->id == item->folder
               ? lab_fail(call, "ErrorCalendarCannotUpdateDeletedItem")
               : NULL;
}

static const lab_fail_t *update_one(lab_call_t *call, xmlNodePtr change, lab_draft_t *d)
{
    lab_item_t *item;
    int day;
    apr_int64_t key;
    const char *resolution =
        lab_xml_attr(call->pool, call->request, "ConflictResolution");
    const char *send =
        lab_xml_attr(call->pool, call->request, "SendMeetingInvitationsOrCancellations");
    const lab_fail_t *fail =
        lab_target_item(call, lab_xml_first(change), LAB_RIGHT_WRITE, &item, &day, &key);
    if (fail)
        return fail;
    lab_kind_t kind = lab_kind_of_class(item->class_name);
    if (kind == LAB_KIND_CALENDAR && !send)
        return lab_fail(call, "ErrorSendMeetingInvitationsOrCancellationsRequired");
    if ((kind & (LAB_KIND_MESSAGE | LAB_KIND_MEETING)) &&
        !lab_xml_attr(call->pool, call->request, "MessageDisposition"))
        return lab_fail(call, "ErrorMessageDispositionRequired");
    fail = check_key(call, item, key, resolution);
    if (!fail)
        fail = check_place(call, item);
    if (fail)
        return fail;
    lab_draft_edit(call, item, day, d);
    d->sending = lab_sending_read(send);
    xmlNodePtr updates = lab_xml_child(change, "Updates");
    for (xmlNodePtr u = lab_xml_first(updates); u && !fail; u = lab_xml_next(u)) {
        if (lab_xml_is(u, "SetItemField"))
            fail = set_field(call, d, u);
        else if (lab_xml_is(u, "DeleteItemField"))
            fail = clear_field(call, d, u);
        else
            fail = append_field(call, d, u);
    }
    if (!fail)
        fail = lab_draft_settle(d);
    return fail ? fail : lab_meeting_send(d);
}

void lab_op_update_item(lab_call_t *call)
{
    xmlNodePtr list = lab_xml_child(call->request, "ItemChanges");
    lab_answer_open(call, "UpdateItem");
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        apr_array_header_t *made = apr_array_make(call->pool, 1, sizeof(lab_view_t));
        lab_draft_t d = {0};
        int events = lab_events_mark(call);
        lab_db_mark(call->db);
        const lab_fail_t *fail = update_one(call, n, &d);
        lab_db_unmark(call->db, !fail || d.kept);
        if (fail && !d.kept)
            lab_events_cut(call, events);
        if (fail) {
            lab_answer_fail(call, "UpdateItem", fail, "<m:Items/>");
            continue;
        }
        add_written(&d, made);
        lab_answer_ok(call, "UpdateItem");
        put_written(call, made);
        lab_buf_puts(&call->out,
                     "<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>");
        lab_answer_end(call, "UpdateItem");
    }
    lab_answer_close(call, "UpdateItem");
}
