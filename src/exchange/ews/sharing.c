/* SPDX-License-Identifier: Apache-2.0 */
/* folder:PermissionSet of calendar folders; the table of this subject. */
#include "exchange/ews/sharing.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

const xc_sharing_ops_t xc_ews_sharing = {
    .permissions = xc_ews_permissions,
    .set_permissions = xc_ews_set_permissions,
    .delegates = xc_ews_delegates,
    .add_delegates = xc_ews_add_delegates,
    .remove_delegates = xc_ews_remove_delegates,
    .shared = xc_ews_shared,
    .calendars_of = xc_ews_calendars_of,
    .public_calendars = xc_ews_public_calendars,
    .list_items = xc_ews_list_items,
};

/* In the order of the enums. */
static const char *const extents[] = {"None", "Owned", "All", NULL};
static const char *const views[] = {"None", "TimeOnly", "TimeAndSubjectAndLocation", "FullDetails", NULL};

static int word(const char *const *words, const char *text)
{
    for (int i = 0; text && words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return 0;
}

const char *xc_ews_smtp(const xmlNode *parent, const char *name, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(parent, NULL, name, pool);
    if (!text || !strchr(text, '@'))
        return NULL;
    char *out = apr_pstrdup(pool, text);
    for (char *p = out; *p; p++)
        *p = (char)apr_tolower(*p);
    return out;
}

static int is_set(const xmlNode *row, const char *name, apr_pool_t *pool)
{
    return xc_ews_is_true(xc_xml_child_text(row, NULL, name, pool));
}

static void read_permission(apr_array_header_t *out, const xmlNode *row, apr_pool_t *pool)
{
    const xmlNode *user = xc_xml_child(row, NULL, "UserId");
    const char *known = xc_xml_child_text(user, NULL, "DistinguishedUser", pool);
    const char *level = xc_xml_child_text(row, NULL, "CalendarPermissionLevel", pool);
    xc_permission_t *p = apr_array_push(out);
    memset(p, 0, sizeof *p);
    p->who = !known ? XC_GRANTEE_USER : strcmp(known, "Anonymous") == 0 ? XC_GRANTEE_ANONYMOUS : XC_GRANTEE_DEFAULT;
    if (!known) {
        p->address = xc_ews_smtp(user, "PrimarySmtpAddress", pool);
        p->sid = xc_xml_child_text(user, NULL, "SID", pool);
        p->name = xc_xml_child_text(user, NULL, "DisplayName", pool);
    }
    p->level = level ? level : "Custom";
    p->is_contact = is_set(row, "IsFolderContact", pool);
    if (xc_sharing_level_grants(&p->grants, p->level))
        return;
    p->grants.create_items = is_set(row, "CanCreateItems", pool);
    p->grants.create_folders = is_set(row, "CanCreateSubFolders", pool);
    p->grants.is_owner = is_set(row, "IsFolderOwner", pool);
    p->grants.is_visible = is_set(row, "IsFolderVisible", pool);
    p->grants.edit = (xc_extent_e)word(extents, xc_xml_child_text(row, NULL, "EditItems", pool));
    p->grants.remove = (xc_extent_e)word(extents, xc_xml_child_text(row, NULL, "DeleteItems", pool));
    p->grants.sees = (xc_sees_e)word(views, xc_xml_child_text(row, NULL, "ReadItems", pool));
}

xc_error_t *xc_ews_permissions(apr_array_header_t **out, xc_session_t *s, const char *folder_id, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "GetFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "FolderShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call.w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "folder:PermissionSet");
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    const xmlNode *folder = xc_xml_child(xc_xml_child(message, NULL, "Folders"), NULL, NULL);
    const xmlNode *set = xc_xml_child(folder, NULL, "PermissionSet");
    if (!set)
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Exchange does not let you see who may do what in this calendar.");
    *out = apr_array_make(pool, 8, sizeof(xc_permission_t));
    const xmlNode *rows = xc_xml_child(set, NULL, "CalendarPermissions");
    for (xmlNode *row = xc_xml_child(rows, NULL, "CalendarPermission"); row; row = xc_xml_next(row, NULL, "CalendarPermission"))
        read_permission(*out, row, pool);
    return NULL;
}

static void write_user(xc_xmlw_t *w, const xc_permission_t *p)
{
    xc_xmlw_start(w, XC_NS_T, "UserId");
    if (p->who != XC_GRANTEE_USER)
        xc_xmlw_element(w, XC_NS_T, "DistinguishedUser", p->who == XC_GRANTEE_ANONYMOUS ? "Anonymous" : "Default");
    else if (p->address)
        xc_xmlw_element(w, XC_NS_T, "PrimarySmtpAddress", p->address);
    else
        xc_xmlw_element(w, XC_NS_T, "SID", p->sid);
    xc_xmlw_end(w);
}

static void write_flag(xc_xmlw_t *w, const char *name, int on)
{
    xc_xmlw_element(w, XC_NS_T, name, on ? "true" : "false");
}

static void write_permission(xc_xmlw_t *w, const xc_permission_t *p)
{
    xc_grants_t named;
    xc_xmlw_start(w, XC_NS_T, "CalendarPermission");
    write_user(w, p);
    if (!xc_sharing_level_grants(&named, p->level)) {
        write_flag(w, "CanCreateItems", p->grants.create_items);
        write_flag(w, "CanCreateSubFolders", p->grants.create_folders);
        write_flag(w, "IsFolderOwner", p->grants.is_owner);
        write_flag(w, "IsFolderVisible", p->grants.is_visible);
        write_flag(w, "IsFolderContact", p->is_contact);
        xc_xmlw_element(w, XC_NS_T, "EditItems", extents[p->grants.edit]);
        xc_xmlw_element(w, XC_NS_T, "DeleteItems", extents[p->grants.remove]);
        xc_xmlw_element(w, XC_NS_T, "ReadItems", views[p->grants.sees]);
    }
    xc_xmlw_element(w, XC_NS_T, "CalendarPermissionLevel", p->level);
    xc_xmlw_end(w);
}

xc_error_t *xc_ews_set_permissions(xc_session_t *s, const char *folder_id, const apr_array_header_t *permissions, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "UpdateFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "FolderChanges");
    xc_xmlw_start(call.w, XC_NS_T, "FolderChange");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_start(call.w, XC_NS_T, "Updates");
    xc_xmlw_start(call.w, XC_NS_T, "SetFolderField");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "folder:PermissionSet");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_T, "CalendarFolder");
    xc_xmlw_start(call.w, XC_NS_T, "PermissionSet");
    xc_xmlw_start(call.w, XC_NS_T, "CalendarPermissions");
    for (int i = 0; i < permissions->nelts; i++) {
        const xc_permission_t *p = &APR_ARRAY_IDX(permissions, i, xc_permission_t);
        if (p->who != XC_GRANTEE_USER || p->address || p->sid) /* else somebody who no longer exists */
            write_permission(call.w, p);
    }
    return xc_ews_single(&message, &call, s, es, pool);
}
