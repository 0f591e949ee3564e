/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/permission.h"

#include <string.h>

#include "ews/rights.h"
#include "ews/userid.h"

#define READER (LAB_CAN_READ | LAB_CAN_SEE)
#define OWN    (LAB_CAN_EDIT_OWN | LAB_CAN_DELETE_OWN)
#define ANY    (LAB_CAN_EDIT_ANY | LAB_CAN_DELETE_ANY)
#define AUTHOR (READER | LAB_CAN_CREATE | OWN)
#define BUSY   (LAB_BUSY_TIME | LAB_BUSY_DETAILS)

static const struct {
    const char *name;
    unsigned rights;
    bool calendar_only;
} levels[] = {
    {"None", 0, false},
    {"Owner", AUTHOR | ANY | LAB_CAN_MAKE_FOLDERS | LAB_IS_OWNER, false},
    {"PublishingEditor", AUTHOR | ANY | LAB_CAN_MAKE_FOLDERS, false},
    {"Editor", AUTHOR | ANY, false},
    {"PublishingAuthor", AUTHOR | LAB_CAN_MAKE_FOLDERS, false},
    {"Author", AUTHOR, false},
    {"NoneditingAuthor", READER | LAB_CAN_CREATE | LAB_CAN_DELETE_OWN, false},
    {"Reviewer", READER, false},
    {"Contributor", LAB_CAN_CREATE | LAB_CAN_SEE, false},
    {"FreeBusyTimeOnly", LAB_BUSY_TIME, true},
    {"FreeBusyTimeAndSubjectAndLocation", BUSY, true},
};

/* who reads a calendar's items sees its availability too; other folders have none */
static unsigned complete(unsigned rights, bool calendar)
{
    if (!calendar)
        return rights & ~(unsigned)BUSY;
    return rights & LAB_CAN_READ ? rights | BUSY : rights;
}

bool lab_level_rights(const char *level, bool calendar, unsigned *rights)
{
    for (size_t i = 0; level && i < sizeof levels / sizeof *levels; i++)
        if (!strcmp(levels[i].name, level) && (calendar || !levels[i].calendar_only)) {
            *rights = complete(levels[i].rights, calendar);
            return true;
        }
    return false;
}

const char *lab_level_of(unsigned rights, bool calendar)
{
    unsigned plain = complete(rights & ~(unsigned)LAB_IS_CONTACT, calendar);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if ((calendar || !levels[i].calendar_only) &&
            complete(levels[i].rights, calendar) == plain)
            return levels[i].name;
    return "Custom";
}

bool lab_folder_is_calendar(const lab_folder_t *folder)
{
    return !strncmp(folder->class_name, "IPF.Appointment", 15);
}

/* ---- single flags ---- */

static const struct {
    const char *element; /* xs:boolean */
    unsigned bit;
} flags[] = {
    {"t:CanCreateItems", LAB_CAN_CREATE},
    {"t:CanCreateSubFolders", LAB_CAN_MAKE_FOLDERS},
    {"t:IsFolderOwner", LAB_IS_OWNER},
    {"t:IsFolderVisible", LAB_CAN_SEE},
    {"t:IsFolderContact", LAB_IS_CONTACT},
};

static const struct {
    const char *element; /* None, Owned, All */
    unsigned own, any;
} actions[] = {
    {"t:EditItems", LAB_CAN_EDIT_OWN, LAB_CAN_EDIT_ANY},
    {"t:DeleteItems", LAB_CAN_DELETE_OWN, LAB_CAN_DELETE_ANY},
};

static const struct {
    const char *name;
    unsigned bits;
} reads[] = {
    {"FullDetails", LAB_CAN_READ | BUSY},
    {"TimeAndSubjectAndLocation", BUSY},
    {"TimeOnly", LAB_BUSY_TIME},
    {"None", 0},
};
#define COUNT(table) (sizeof(table) / sizeof *(table))

static void put_one(lab_buf_t *out, const lab_permission_t *p, bool calendar)
{
    const char *name = calendar ? "CalendarPermission" : "Permission";
    unsigned rights = complete(p->rights, calendar);
    lab_buf_printf(out, "<t:%s>", name);
    lab_user_put(out, p->who);
    for (size_t i = 0; i < COUNT(flags); i++)
        lab_buf_bool(out, flags[i].element, (rights & flags[i].bit) != 0);
    for (size_t i = 0; i < COUNT(actions); i++)
        lab_buf_elem(out, actions[i].element,
                     rights & actions[i].any   ? "All"
                     : rights & actions[i].own ? "Owned"
                                               : "None");
    for (size_t i = 0; i < COUNT(reads); i++) {
        unsigned need = complete(reads[i].bits, calendar);
        if ((rights & need) != need)
            continue;
        lab_buf_elem(out, "t:ReadItems", calendar || need ? reads[i].name : "None");
        break;
    }
    lab_buf_elem(out, calendar ? "t:CalendarPermissionLevel" : "t:PermissionLevel",
                 lab_level_of(p->rights, calendar));
    lab_buf_printf(out, "</t:%s>", name);
}

void lab_permissions_put(lab_call_t *call, lab_buf_t *out, const lab_folder_t *folder)
{
    bool calendar = lab_folder_is_calendar(folder);
    const char *name = calendar ? "CalendarPermissions" : "Permissions";
    apr_array_header_t *list = lab_permissions(call->db, call->pool, folder->id);
    lab_buf_printf(out, "<t:PermissionSet><t:%s>", name);
    for (int i = 0; i < list->nelts; i++)
        put_one(out, &APR_ARRAY_IDX(list, i, lab_permission_t), calendar);
    lab_buf_printf(out, "</t:%s></t:PermissionSet>", name);
}

/* What the single flags say: `*given` are the bits that one of them is about, `*set`
 * those that are on. */
static void read_flags(lab_call_t *call, xmlNodePtr e, unsigned *given, unsigned *set)
{
    *given = *set = 0;
    for (size_t i = 0; i < COUNT(flags); i++) {
        const char *text = lab_xml_child_text(call->pool, e, flags[i].element + 2);
        *given |= text ? flags[i].bit : 0;
        *set |= lab_xml_bool(text, false) ? flags[i].bit : 0;
    }
    for (size_t i = 0; i < COUNT(actions); i++) {
        const char *text = lab_xml_child_text(call->pool, e, actions[i].element + 2);
        if (!text)
            continue;
        *given |= actions[i].own | actions[i].any;
        *set |= !strcmp(text, "All")     ? actions[i].own | actions[i].any
                : !strcmp(text, "Owned") ? actions[i].own
                                         : 0;
    }
    const char *text = lab_xml_child_text(call->pool, e, "ReadItems");
    for (size_t i = 0; text && i < COUNT(reads); i++)
        if (!strcmp(reads[i].name, text)) {
            *given |= LAB_CAN_READ | BUSY;
            *set |= reads[i].bits;
        }
}

static const lab_fail_t *read_one(lab_call_t *call, xmlNodePtr e, bool calendar,
                                  lab_permission_t *p)
{
    unsigned given, set, rights;
    const char *level = lab_xml_child_text(
        call->pool, e, calendar ? "CalendarPermissionLevel" : "PermissionLevel");
    const lab_fail_t *fail =
        lab_user_read(call, lab_xml_child(e, "UserId"), "ErrorInvalidUserInfo", &p->who);
    if (fail)
        return fail;
    read_flags(call, e, &given, &set);
    given = calendar ? given : given & ~(unsigned)BUSY;
    set = complete(set, calendar);
    p->rights = set;
    if (!lab_level_rights(level, calendar, &rights))
        return NULL;
    /* flags beside a level must say the same as it; being a contact goes with each */
    if ((rights ^ set) & given & ~(unsigned)LAB_IS_CONTACT)
        return lab_fail(call, "ErrorInvalidPermissionSettings");
    p->rights = rights | (set & LAB_IS_CONTACT);
    return NULL;
}

const lab_fail_t *lab_permissions_read(lab_call_t *call, const lab_folder_t *folder,
                                       xmlNodePtr set)
{
    bool calendar = lab_folder_is_calendar(folder);
    xmlNodePtr mine =
        lab_xml_child(set, calendar ? "CalendarPermissions" : "Permissions");
    apr_array_header_t *list = apr_array_make(call->pool, 8, sizeof(lab_permission_t));
    if (lab_xml_first(lab_xml_child(set, "UnknownEntries")))
        return lab_fail(call, "ErrorCannotSetPermissionUnknownEntries");
    if (!mine)
        return lab_fail(call,
                        calendar ? "ErrorCannotSetNonCalendarPermissionOnCalendarFolder"
                                 : "ErrorCannotSetCalendarPermissionOnNonCalendarFolder");
    for (xmlNodePtr n = lab_xml_first(mine); n; n = lab_xml_next(n)) {
        lab_permission_t p;
        const lab_fail_t *fail = read_one(call, n, calendar, &p);
        if (fail)
            return fail;
        for (int i = 0; i < list->nelts; i++)
            if (APR_ARRAY_IDX(list, i, lab_permission_t).who == p.who)
                return lab_fail(call, "ErrorDuplicateUserIdsSpecified");
        APR_ARRAY_PUSH(list, lab_permission_t) = p;
    }
    lab_permissions_clear(call->db, folder->id);
    for (int i = 0; i < list->nelts; i++) {
        const lab_permission_t *p = &APR_ARRAY_IDX(list, i, lab_permission_t);
        lab_permission_set(call->db, folder->id, p->who, p->rights);
    }
    lab_rights_changed(call);
    return NULL;
}

void lab_permissions_restore(lab_call_t *call, const lab_folder_t *folder)
{
    lab_permissions_clear(call->db, folder->id);
    if (folder->dist && !strcmp(folder->dist, "calendar"))
        lab_permission_set(call->db, folder->id, LAB_WHO_DEFAULT, LAB_BUSY_TIME);
    else if (!folder->dist)
        lab_permissions_inherit(call->db, folder->parent, folder->id);
    lab_rights_changed(call);
}
