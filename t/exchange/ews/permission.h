/* SPDX-License-Identifier: Apache-2.0 */
/* folder:PermissionSet: access lists in words, and their levels. */
#ifndef LAB_PERMISSION_H
#define LAB_PERMISSION_H

#include "ews/ews.h"
#include "store/rights.h"

/* The rights of a level ("Reviewer" ...) on a calendar or another folder; false when
 * there is no such level, as "Custom". */
bool lab_level_rights(const char *level, bool calendar, unsigned *rights);
/* The level that has just these rights; "Custom" when none has. */
const char *lab_level_of(unsigned rights, bool calendar);
/* Is the folder one with calendar permissions? */
bool lab_folder_is_calendar(const lab_folder_t *folder);

/* Writes <t:PermissionSet> of a folder. */
void lab_permissions_put(lab_call_t *call, lab_buf_t *out, const lab_folder_t *folder);
/* Puts the list of a t:PermissionSet in the place of the folder's, which is stored. */
const lab_fail_t *lab_permissions_read(lab_call_t *call, const lab_folder_t *folder,
                                       xmlNodePtr set);
/* The list that a folder was made with. */
void lab_permissions_restore(lab_call_t *call, const lab_folder_t *folder);

#endif
