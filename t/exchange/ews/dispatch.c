/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/dispatch.h"

#include <string.h>

const char lab_bare_answer[] = "";

static const lab_operation_t operations[] = {
    {"GetFolder", LAB_EXCHANGE_2007, false, lab_op_get_folder, "<m:Folders/>"},
    {"FindFolder", LAB_EXCHANGE_2007, false, lab_op_find_folder, NULL},
    {"CreateFolder", LAB_EXCHANGE_2007, true, lab_op_create_folder, "<m:Folders/>"},
    {"UpdateFolder", LAB_EXCHANGE_2007, true, lab_op_update_folder, "<m:Folders/>"},
    {"DeleteFolder", LAB_EXCHANGE_2007, true, lab_op_delete_folder, NULL},
    {"SyncFolderHierarchy", LAB_EXCHANGE_2007, false, lab_op_sync_hierarchy, NULL},
    {"SyncFolderItems", LAB_EXCHANGE_2007, false, lab_op_sync_items, NULL},
    {"GetItem", LAB_EXCHANGE_2007, false, lab_op_get_item, "<m:Items/>"},
    {"FindItem", LAB_EXCHANGE_2007, false, lab_op_find_item, NULL},
    {"CreateItem", LAB_EXCHANGE_2007, true, lab_op_create_item, "<m:Items/>"},
    {"UpdateItem", LAB_EXCHANGE_2007, true, lab_op_update_item, "<m:Items/>"},
    {"DeleteItem", LAB_EXCHANGE_2007, true, lab_op_delete_item, NULL},
    {"MoveItem", LAB_EXCHANGE_2007, true, lab_op_move_item, "<m:Items/>"},
    {"CopyItem", LAB_EXCHANGE_2007, true, lab_op_copy_item, "<m:Items/>"},
    {"GetServerTimeZones", LAB_EXCHANGE_2010, false, lab_op_get_server_time_zones,
     "<m:TimeZoneDefinitions/>"},
    {"ResolveNames", LAB_EXCHANGE_2007, false, lab_op_resolve_names, NULL},
    {"ExpandDL", LAB_EXCHANGE_2007, false, lab_op_expand_dl, NULL},
    {"GetRoomLists", LAB_EXCHANGE_2010, false, lab_op_get_room_lists,
     lab_bare_answer},
    {"GetRooms", LAB_EXCHANGE_2010, false, lab_op_get_rooms, lab_bare_answer},
    {"GetDelegate", LAB_EXCHANGE_2007_SP1, false, lab_op_get_delegate, lab_bare_answer},
    {"AddDelegate", LAB_EXCHANGE_2007_SP1, true, lab_op_add_delegate, lab_bare_answer},
    {"UpdateDelegate", LAB_EXCHANGE_2007_SP1, true, lab_op_update_delegate,
     lab_bare_answer},
    {"RemoveDelegate", LAB_EXCHANGE_2007_SP1, true, lab_op_remove_delegate,
     lab_bare_answer},
    {"ConvertId", LAB_EXCHANGE_2007_SP1, false, lab_op_convert_id, NULL},
    {"GetUserConfiguration", LAB_EXCHANGE_2010, false, lab_op_get_user_configuration,
     NULL},
    {"CreateAttachment", LAB_EXCHANGE_2007, true, lab_op_create_attachment,
     "<m:Attachments/>"},
    {"GetAttachment", LAB_EXCHANGE_2007, false, lab_op_get_attachment,
     "<m:Attachments/>"},
    {"DeleteAttachment", LAB_EXCHANGE_2007, true, lab_op_delete_attachment, NULL},
    {"Subscribe", LAB_EXCHANGE_2007, false, lab_op_subscribe, NULL},
    {"GetEvents", LAB_EXCHANGE_2007, false, lab_op_get_events, NULL},
    {"Unsubscribe", LAB_EXCHANGE_2007, false, lab_op_unsubscribe, NULL},
    {"GetUserAvailabilityRequest", LAB_EXCHANGE_2007, false, lab_op_availability, NULL},
};

const lab_operation_t *lab_operation_find(const char *name, lab_version_t server)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (!strcmp(operations[i].name, name))
            return operations[i].since <= server ? &operations[i] : NULL;
    return NULL;
}
