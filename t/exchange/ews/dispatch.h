/* SPDX-License-Identifier: Apache-2.0 */
/* The operations: a new one is a row in dispatch.c and a function here. */
#ifndef LAB_DISPATCH_H
#define LAB_DISPATCH_H

#include "ews/ews.h"

typedef struct lab_operation {
    const char *name;    /* of the first element in the body */
    lab_version_t since; /* first generation that has it */
    bool write;          /* needs the write lock */
    void (*run)(lab_call_t *call);
    const char *payload; /* what an answer that is nothing but an error holds, as XML; or
                            lab_bare_answer */
} lab_operation_t;

/* The payload of those that answer without a list of response messages: the error stands
 * in the answer itself. */
extern const char lab_bare_answer[];

/* NULL when that generation has no such operation. */
const lab_operation_t *lab_operation_find(const char *name, lab_version_t server);

void lab_op_get_folder(lab_call_t *call);
void lab_op_find_folder(lab_call_t *call);
void lab_op_create_folder(lab_call_t *call);
void lab_op_update_folder(lab_call_t *call);
void lab_op_delete_folder(lab_call_t *call);
void lab_op_sync_hierarchy(lab_call_t *call);
void lab_op_sync_items(lab_call_t *call);
void lab_op_get_item(lab_call_t *call);
void lab_op_find_item(lab_call_t *call);
void lab_op_create_item(lab_call_t *call);
void lab_op_update_item(lab_call_t *call);
void lab_op_delete_item(lab_call_t *call);
void lab_op_move_item(lab_call_t *call);
void lab_op_copy_item(lab_call_t *call);
void lab_op_get_server_time_zones(lab_call_t *call);
void lab_op_resolve_names(lab_call_t *call);
void lab_op_expand_dl(lab_call_t *call);
void lab_op_get_room_lists(lab_call_t *call);
void lab_op_get_rooms(lab_call_t *call);
void lab_op_get_delegate(lab_call_t *call);
void lab_op_add_delegate(lab_call_t *call);
void lab_op_update_delegate(lab_call_t *call);
void lab_op_remove_delegate(lab_call_t *call);
void lab_op_convert_id(lab_call_t *call);
void lab_op_get_user_configuration(lab_call_t *call);
void lab_op_create_attachment(lab_call_t *call);
void lab_op_get_attachment(lab_call_t *call);
void lab_op_delete_attachment(lab_call_t *call);
void lab_op_subscribe(lab_call_t *call);
void lab_op_get_events(lab_call_t *call);
void lab_op_unsubscribe(lab_call_t *call);
void lab_op_availability(lab_call_t *call);

#endif
