/* SPDX-License-Identifier: Apache-2.0 */
/* Working hours as answers show them. */
#ifndef LAB_EWS_WORK_HOURS_H
#define LAB_EWS_WORK_HOURS_H

#include "ews/ews.h"

/* Writes <t:WorkingHours>, for GetUserAvailability. */
void lab_work_hours_put(lab_call_t *call, const lab_dir_entry_t *who);
/* The same as the document that Outlook keeps in the calendar folder ([MS-OXOCFG]
 * 2.2.5.2.1). */
const char *lab_work_hours_xml(lab_call_t *call, const lab_dir_entry_t *who);

#endif
