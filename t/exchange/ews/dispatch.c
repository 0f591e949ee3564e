/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/dispatch.h"

#include <string.h>

static const lab_operation_t operations[] = {
    {"GetFolder", LAB_EXCHANGE_2007, false, lab_op_get_folder, NULL},
    {"FindFolder", LAB_EXCHANGE_2007, false, lab_op_find_folder, NULL},
    {"CreateFolder", LAB_EXCHANGE_2007, true, lab_op_create_folder, NULL},
    {"UpdateFolder", LAB_EXCHANGE_2007, true, lab_op_update_folder, NULL},
    {"DeleteFolder", LAB_EXCHANGE_2007, true, lab_op_delete_folder, NULL},
    {"SyncFolderHierarchy", LAB_EXCHANGE_2007, false, lab_op_sync_hierarchy, NULL},
    {"SyncFolderItems", LAB_EXCHANGE_2007, false, lab_op_sync_items, NULL},
    {"GetItem", LAB_EXCHANGE_2007, false, lab_op_get_item, NULL},
    {"FindItem", LAB_EXCHANGE_2007, false, lab_op_find_item, NULL},
    {"CreateItem", LAB_EXCHANGE_2007, true, lab_op_create_item, NULL},
    {"UpdateItem", LAB_EXCHANGE_2007, true, lab_op_update_item, NULL},
    {"DeleteItem", LAB_EXCHANGE_2007, true, lab_op_delete_item, NULL},
    {"MoveItem", LAB_EXCHANGE_2007, true, lab_op_move_item, NULL},
    {"CopyItem", LAB_EXCHANGE_2007, true, lab_op_copy_item, NULL},
    {"GetServerTimeZones", LAB_EXCHANGE_2010, false, lab_op_get_server_time_zones, NULL},
    {"ResolveNames", LAB_EXCHANGE_2007, false, lab_op_resolve_names, NULL},
    {"ExpandDL", LAB_EXCHANGE_2007, false, lab_op_expand_dl, NULL},
    {"GetRoomLists", LAB_EXCHANGE_2010, false, lab_op_get_room_lists, NULL},
    {"GetRooms", LAB_EXCHANGE_2010, false, lab_op_get_rooms, NULL},
    {"ConvertId", LAB_EXCHANGE_2007_SP1, false, lab_op_convert_id, NULL},
};

const lab_operation_t *lab_operation_find(const char *name, lab_version_t server)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (!strcmp(operations[i].name, name))
            return operations[i].since <= server ? &operations[i] : NULL;
    return NULL;
}
