/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/folder.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "ews/emit.h"
#include "ews/permission.h"
#include "ews/rights.h"
#include "grammar/grammar.h"

#define PERMISSION_SET "folder:PermissionSet"

typedef void put_fn(lab_call_t *call, const lab_folder_t *folder, const char *element);

static void put_id(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    lab_put_folder_id(call, &call->out, element, f);
}

static void put_parent(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    lab_folder_t *parent =
        f->parent ? lab_folder_get(call->db, call->pool, f->parent) : NULL;
    lab_put_folder_id(call, &call->out, element, parent ? parent : f);
}

static void put_class(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    if (*f->class_name)
        lab_buf_elem(&call->out, element, f->class_name);
}

static void put_name(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    lab_buf_elem(&call->out, element, f->name);
}

static void put_total(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    lab_buf_int(&call->out, element, f->total);
}

/* others count what they see */
static int count_children(lab_call_t *call, const lab_folder_t *f)
{
    if (lab_owns(call, f->mailbox))
        return lab_folder_child_count(call->db, f->id);
    apr_array_header_t *children = lab_folder_children(call->db, call->pool, f->id);
    int count = 0;
    for (int i = 0; i < children->nelts; i++)
        count += lab_sees(call, APR_ARRAY_IDX(children, i, lab_folder_t *));
    return count;
}

static void put_children(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    lab_buf_int(&call->out, element, count_children(call, f));
}

static void put_rights(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    (void)element;
    lab_put_rights(call, &call->out, f);
}

static void put_distinguished(lab_call_t *call, const lab_folder_t *f,
                              const char *element)
{
    lab_buf_elem(&call->out, element, f->dist);
}

static void put_permissions(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    (void)element;
    lab_permissions_put(call, &call->out, f);
}

/* plain folders and task folders count unread items */
static void put_unread(lab_call_t *call, const lab_folder_t *f, const char *element)
{
    const char *name = lab_folder_element(f);
    if (!strcmp(name, "Folder") || !strcmp(name, "TasksFolder"))
        lab_buf_int(&call->out, element, lab_folder_unread(call->db, f->id));
}

static const struct {
    const char *uri, *element;
    bool in_default, in_all;
    put_fn *put;
    lab_version_t since;
} props[] = {
    {"folder:FolderId", "t:FolderId", true, true, put_id, LAB_EXCHANGE_2007},
    {"folder:ParentFolderId", "t:ParentFolderId", false, true, put_parent,
     LAB_EXCHANGE_2007},
    {"folder:FolderClass", "t:FolderClass", false, true, put_class, LAB_EXCHANGE_2007},
    {"folder:DisplayName", "t:DisplayName", true, true, put_name, LAB_EXCHANGE_2007},
    {"folder:TotalCount", "t:TotalCount", true, true, put_total, LAB_EXCHANGE_2007},
    {"folder:ChildFolderCount", "t:ChildFolderCount", true, true, put_children,
     LAB_EXCHANGE_2007},
    {"folder:EffectiveRights", "t:EffectiveRights", false, true, put_rights,
     LAB_EXCHANGE_2007},
    {"folder:DistinguishedFolderId", "t:DistinguishedFolderId", false, true,
     put_distinguished, LAB_EXCHANGE_2013},
    {PERMISSION_SET, "t:PermissionSet", false, true, put_permissions,
     LAB_EXCHANGE_2007_SP1},
    {"folder:UnreadCount", "t:UnreadCount", true, true, put_unread, LAB_EXCHANGE_2007},
};
#define NPROPS (sizeof props / sizeof *props)

const char *lab_folder_element(const lab_folder_t *f)
{
    if (!strncmp(f->class_name, "IPF.Appointment", 15))
        return "CalendarFolder";
    if (!strncmp(f->class_name, "IPF.Contact", 11))
        return "ContactsFolder";
    if (!strncmp(f->class_name, "IPF.Task", 8))
        return "TasksFolder";
    return "Folder";
}

const lab_fail_t *lab_folder_shape_read(lab_call_t *call, xmlNodePtr element,
                                        lab_folder_shape_t *shape)
{
    memset(shape, 0, sizeof *shape);
    shape->ext = apr_array_make(call->pool, 4, sizeof(lab_ext_t));
    const char *base = lab_xml_child_text(call->pool, element, "BaseShape");
    shape->base = !base || !strcmp(base, "IdOnly") ? 0 : !strcmp(base, "Default") ? 1 : 2;
    xmlNodePtr extra = lab_xml_child(element, "AdditionalProperties");
    for (xmlNodePtr n = lab_xml_first(extra); n; n = lab_xml_next(n)) {
        if (lab_xml_is(n, "ExtendedFieldURI")) {
            const lab_fail_t *fail = lab_ext_read(call, n, apr_array_push(shape->ext));
            if (fail)
                return fail;
        }
        const char *uri = lab_xml_attr(call->pool, n, "FieldURI");
        for (size_t i = 0; uri && i < NPROPS; i++)
            if (!strcmp(props[i].uri, uri))
                shape->wanted[i] = true;
    }
    return NULL;
}

static void put_extended(lab_call_t *call, const lab_folder_t *f,
                         const lab_folder_shape_t *shape)
{
    for (int i = 0; i < shape->ext->nelts; i++) {
        const lab_ext_t *ext = &APR_ARRAY_IDX(shape->ext, i, lab_ext_t);
        const char *value = lab_folder_ext(call, f, ext);
        if (value)
            lab_ext_put(&call->out, ext, value);
    }
}

void lab_folder_shape_put(lab_call_t *call, const lab_folder_t *f,
                          const lab_folder_shape_t *shape)
{
    const char *name = lab_folder_element(f);
    lab_buf_printf(&call->out, "<t:%s>", name);
    for (size_t i = 0; i < NPROPS; i++) {
        /* extended properties stand before EffectiveRights */
        if (!strcmp(props[i].uri, "folder:EffectiveRights"))
            put_extended(call, f, shape);
        bool show = i == 0 || shape->wanted[i] ||
                    (shape->base == 1 && props[i].in_default) ||
                    (shape->base == 2 && props[i].in_all);
        /* who does not own the folder gets it without its list, even when he asks */
        if (!strcmp(props[i].uri, PERMISSION_SET) &&
            (!shape->one || lab_may_folder(call, f, LAB_RIGHT_OWN)))
            continue;
        if (show && props[i].since <= call->version)
            props[i].put(call, f, props[i].element);
    }
    lab_buf_printf(&call->out, "</t:%s>", name);
}

const char *lab_folder_ext(lab_call_t *call, const lab_folder_t *f, const lab_ext_t *ext)
{
    if (*ext->set)
        return lab_bag_get(f->bag, ext->key);
    if (ext->number == 0x670a && !strcmp(ext->type, "SystemTime"))
        return apr_pstrcat(
            call->pool, lab_wall_format(lab_wall_from_time(f->committed, 0), call->pool),
            apr_psprintf(call->pool, ".%03dZ", (int)(f->committed / 1000 % 1000)), NULL);
    if (ext->number == 0x3001 && !strcmp(ext->type, "String"))
        return f->name;
    if (ext->number == 0x3613 && !strcmp(ext->type, "String"))
        return *f->class_name ? f->class_name : NULL;
    if (ext->number == 0x3007 && !strcmp(ext->type, "SystemTime"))
        return lab_time_format_utc(f->created, call->pool);
    if (ext->number == 0x0fff && !strcmp(ext->type, "Binary")) {
        int len;
        lab_id_t id = {.kind = LAB_ID_FOLDER, .mailbox = f->mailbox, .number = f->id};
        const unsigned char *raw = lab_id_entry(call->pool, &id, &len);
        return apr_pencode_base64_binary(call->pool, raw, len, APR_ENCODE_NONE, NULL);
    }
    return lab_bag_get(f->bag, ext->key);
}

const char *lab_folder_field(lab_call_t *call, const lab_folder_t *f, const char *uri)
{
    if (!strcmp(uri, "folder:DisplayName"))
        return f->name;
    if (!strcmp(uri, "folder:FolderClass"))
        return *f->class_name ? f->class_name : NULL;
    if (!strcmp(uri, "folder:TotalCount"))
        return apr_psprintf(call->pool, "%" APR_INT64_T_FMT, f->total);
    if (!strcmp(uri, "folder:ChildFolderCount"))
        return apr_psprintf(call->pool, "%d", count_children(call, f));
    return NULL;
}
