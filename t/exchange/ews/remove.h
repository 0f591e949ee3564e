/* SPDX-License-Identifier: Apache-2.0 */
/* Taking items and folders away, and moving and copying them. */
#ifndef LAB_REMOVE_H
#define LAB_REMOVE_H

#include "ews/view.h"

/* Deletes a folder with all that is in it, or moves it to Deleted Items. */
const lab_fail_t *lab_remove_folder(lab_call_t *call, lab_folder_t *folder,
                                    bool to_trash);
/* Deletes an item or one occurrence. */
const lab_fail_t *lab_remove_item(lab_call_t *call, lab_item_t *item, int day,
                                  bool to_trash);
/* Moves an item into a folder: `item` gets its new number. */
const lab_fail_t *lab_move_item(lab_call_t *call, lab_item_t *item,
                                const lab_folder_t *to);
/* Copies an item into a folder: `item` becomes the copy. */
const lab_fail_t *lab_copy_item(lab_call_t *call, lab_item_t *item,
                                const lab_folder_t *to);

#endif
