/* SPDX-License-Identifier: Apache-2.0 */
/* GetFolder, CreateFolder, UpdateFolder, DeleteFolder. */
#include <apr_strings.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/events.h"
#include "ews/folder.h"
#include "ews/permission.h"
#include "ews/remove.h"

void lab_op_get_folder(lab_call_t *call)
{
    lab_folder_shape_t shape;
    const lab_fail_t *bad =
        lab_folder_shape_read(call, lab_xml_child(call->request, "FolderShape"), &shape);
    xmlNodePtr ids = lab_xml_child(call->request, "FolderIds");
    shape.one = true;
    lab_answer_open(call, "GetFolder");
    for (xmlNodePtr id = lab_xml_first(ids); id; id = lab_xml_next(id)) {
        lab_folder_t *folder;
        const lab_fail_t *fail =
            bad ? bad : lab_target_folder(call, id, LAB_RIGHT_SEE, &folder);
        if (fail) {
            lab_answer_fail(call, "GetFolder", fail, "<m:Folders/>");
            continue;
        }
        lab_answer_ok(call, "GetFolder");
        lab_buf_puts(&call->out, "<m:Folders>");
        lab_folder_shape_put(call, folder, &shape);
        lab_buf_puts(&call->out, "</m:Folders>");
        lab_answer_end(call, "GetFolder");
    }
    lab_answer_close(call, "GetFolder");
}

/* the answer to a change: the folder's element with its id alone */
static void answer_id(lab_call_t *call, const char *name, const lab_folder_t *folder)
{
    lab_folder_shape_t shape = {.ext = apr_array_make(call->pool, 1, sizeof(lab_ext_t))};
    lab_answer_ok(call, name);
    lab_buf_puts(&call->out, "<m:Folders>");
    lab_folder_shape_put(call, folder, &shape);
    lab_buf_puts(&call->out, "</m:Folders>");
    lab_answer_end(call, name);
}

static const char *class_for(xmlNodePtr element)
{
    return lab_xml_is(element, "CalendarFolder")   ? "IPF.Appointment"
           : lab_xml_is(element, "ContactsFolder") ? "IPF.Contact"
           : lab_xml_is(element, "TasksFolder")    ? "IPF.Task"
                                                   : "IPF.Note";
}

static const lab_fail_t *set_ext(lab_call_t *call, lab_folder_t *folder,
                                 xmlNodePtr property)
{
    lab_ext_t ext;
    const char *value;
    const lab_fail_t *fail =
        lab_ext_read(call, lab_xml_child(property, "ExtendedFieldURI"), &ext);
    if (!fail)
        fail = lab_ext_read_value(call, property, &ext, &value);
    if (!fail)
        lab_bag_set(folder->bag, ext.key, value);
    return fail;
}

static const lab_fail_t *create_one(lab_call_t *call, lab_folder_t *parent,
                                    xmlNodePtr element, lab_folder_t *folder)
{
    const char *name = lab_xml_child_text(call->pool, element, "DisplayName");
    const char *class_name = lab_xml_child_text(call->pool, element, "FolderClass");
    memset(folder, 0, sizeof *folder);
    if (!name || !*name)
        return lab_fail_text(call, "ErrorFolderSavePropertyError",
                             "The folder could not be saved: it has no name.");
    folder->mailbox = parent->mailbox;
    folder->parent = parent->id;
    folder->name = name;
    folder->class_name = class_name && *class_name ? class_name : class_for(element);
    folder->created = folder->committed = call->now;
    folder->bag = lab_bag_new(call->pool);
    if (lab_folder_child(call->db, call->pool, parent->id, name))
        return lab_fail(call, "ErrorFolderExists");
    for (xmlNodePtr n = lab_xml_first(element); n; n = lab_xml_next(n)) {
        const lab_fail_t *fail =
            lab_xml_is(n, "ExtendedProperty") ? set_ext(call, folder, n) : NULL;
        if (fail)
            return fail;
    }
    lab_folder_save(call->db, folder);
    lab_permissions_inherit(call->db, parent->id, folder->id);
    /* a public folder belongs to who made it */
    if (folder->mailbox == lab_dir_public())
        lab_permission_set(call->db, folder->id, call->mailbox, LAB_CAN_ALL);
    xmlNodePtr set = lab_xml_child(element, "PermissionSet");
    const lab_fail_t *fail = set ? lab_permissions_read(call, folder, set) : NULL;
    if (!fail)
        lab_event_folder(call, LAB_EVENT_CREATED, folder);
    return fail;
}

void lab_op_create_folder(lab_call_t *call)
{
    lab_folder_t *parent, folder;
    const lab_fail_t *bad = lab_target_folder_in(
        call, lab_xml_child(call->request, "ParentFolderId"), LAB_RIGHT_MAKE_FOLDERS,
        &parent);
    xmlNodePtr list = lab_xml_child(call->request, "Folders");
    lab_answer_open(call, "CreateFolder");
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_db_mark(call->db);
        const lab_fail_t *fail = bad ? bad : create_one(call, parent, n, &folder);
        lab_db_unmark(call->db, !fail);
        if (fail)
            lab_answer_fail(call, "CreateFolder", fail, "<m:Folders/>");
        else
            answer_id(call, "CreateFolder", &folder);
    }
    lab_answer_close(call, "CreateFolder");
}

static const lab_fail_t *rename_folder(lab_call_t *call, lab_folder_t *folder,
                                       const char *name)
{
    if (!name || !*name)
        return lab_fail(call, "ErrorInvalidValueForProperty");
    if (folder->dist)
        return lab_fail_text(call, "ErrorAccessDenied",
                             "Distinguished folders keep their name.");
    const lab_folder_t *other =
        lab_folder_child(call->db, call->pool, folder->parent, name);
    if (other && other->id != folder->id)
        return lab_fail(call, "ErrorFolderExists");
    folder->name = name;
    return NULL;
}

static const lab_fail_t *set_field(lab_call_t *call, lab_folder_t *folder,
                                   xmlNodePtr update)
{
    xmlNodePtr path = lab_xml_first(update), element = lab_xml_next(path);
    xmlNodePtr value = lab_xml_first(element);
    const char *uri = lab_xml_attr(call->pool, path, "FieldURI");
    if (!value || lab_xml_next(value))
        return lab_fail(call, "ErrorIncorrectUpdatePropertyCount");
    if (lab_xml_is(path, "ExtendedFieldURI"))
        return lab_xml_is(value, "ExtendedProperty")
                   ? set_ext(call, folder, value)
                   : lab_fail(call, "ErrorUpdatePropertyMismatch");
    if (!uri || strncmp(uri, "folder:", 7) || !lab_xml_is(value, uri + 7))
        return lab_fail(call, "ErrorUpdatePropertyMismatch");
    if (lab_xml_is(value, "DisplayName"))
        return rename_folder(call, folder, lab_xml_text(call->pool, value));
    if (lab_xml_is(value, "FolderClass")) {
        folder->class_name = lab_xml_text(call->pool, value);
        return NULL;
    }
    if (lab_xml_is(value, "PermissionSet"))
        return lab_permissions_read(call, folder, value);
    return lab_fail(call, "ErrorInvalidPropertySet");
}

static const lab_fail_t *clear_field(lab_call_t *call, lab_folder_t *folder,
                                     xmlNodePtr update)
{
    lab_ext_t ext;
    xmlNodePtr path = lab_xml_first(update);
    const char *uri = lab_xml_attr(call->pool, path, "FieldURI");
    if (uri && !strcmp(uri, "folder:PermissionSet")) {
        lab_permissions_restore(call, folder);
        return NULL;
    }
    if (!lab_xml_is(path, "ExtendedFieldURI"))
        return lab_fail(call, "ErrorInvalidPropertyDelete");
    const lab_fail_t *fail = lab_ext_read(call, path, &ext);
    if (!fail)
        lab_bag_remove(folder->bag, ext.key);
    return fail;
}

static const lab_fail_t *update_one(lab_call_t *call, xmlNodePtr change,
                                    lab_folder_t **folder)
{
    xmlNodePtr id = lab_xml_first(change), updates = lab_xml_child(change, "Updates");
    const lab_fail_t *fail = lab_target_folder(call, id, LAB_RIGHT_OWN, folder);
    apr_int64_t cn;
    const char *key = lab_xml_attr(call->pool, id, "ChangeKey");
    if (!fail && key && *key && !lab_change_key_parse(key, &cn))
        fail = lab_fail(call, "ErrorInvalidChangeKey");
    if (!fail && key && *key && cn != (*folder)->cn)
        fail = lab_fail(call, "ErrorIrresolvableConflict");
    for (xmlNodePtr u = lab_xml_first(updates); u && !fail; u = lab_xml_next(u)) {
        if (lab_xml_is(u, "SetFolderField"))
            fail = set_field(call, *folder, u);
        else if (lab_xml_is(u, "DeleteFolderField"))
            fail = clear_field(call, *folder, u);
        else
            fail = lab_fail(call, "ErrorInvalidPropertyAppend");
    }
    if (!fail) {
        lab_folder_save(call->db, *folder);
        lab_event_folder(call, LAB_EVENT_MODIFIED, *folder);
    }
    return fail;
}

void lab_op_update_folder(lab_call_t *call)
{
    xmlNodePtr list = lab_xml_child(call->request, "FolderChanges");
    lab_answer_open(call, "UpdateFolder");
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_folder_t *folder;
        lab_db_mark(call->db);
        const lab_fail_t *fail = update_one(call, n, &folder);
        lab_db_unmark(call->db, !fail);
        if (fail)
            lab_answer_fail(call, "UpdateFolder", fail, "<m:Folders/>");
        else
            answer_id(call, "UpdateFolder", folder);
    }
    lab_answer_close(call, "UpdateFolder");
}

void lab_op_delete_folder(lab_call_t *call)
{
    const char *type = lab_xml_attr(call->pool, call->request, "DeleteType");
    xmlNodePtr list = lab_xml_child(call->request, "FolderIds");
    lab_answer_open(call, "DeleteFolder");
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_folder_t *folder;
        const lab_fail_t *fail = lab_target_folder(call, n, LAB_RIGHT_DELETE, &folder);
        if (!fail)
            fail = lab_remove_folder(call, folder,
                                     type && !strcmp(type, "MoveToDeletedItems"));
        if (fail) {
            lab_answer_fail(call, "DeleteFolder", fail, NULL);
            continue;
        }
        lab_answer_ok(call, "DeleteFolder");
        lab_answer_end(call, "DeleteFolder");
    }
    lab_answer_close(call, "DeleteFolder");
}
