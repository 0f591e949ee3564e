/* SPDX-License-Identifier: Apache-2.0 */
/* Emitters of single properties, for the rows of props.c. */
#ifndef LAB_EMIT_H
#define LAB_EMIT_H

#include "ews/shape.h"

lab_emit_fn lab_emit_mime, lab_emit_item_id, lab_emit_parent_id, lab_emit_class,
    lab_emit_body, lab_emit_attachments, lab_emit_size, lab_emit_categories,
    lab_emit_response_objects, lab_emit_reminder_due, lab_emit_display,
    lab_emit_has_attachments, lab_emit_rights, lab_emit_text_body, lab_emit_one_person,
    lab_emit_recipients;
lab_emit_fn lab_emit_uid, lab_emit_recurrence_id, lab_emit_start, lab_emit_end,
    lab_emit_original_start, lab_emit_busy, lab_emit_is_meeting, lab_emit_is_cancelled,
    lab_emit_is_recurring, lab_emit_item_type, lab_emit_organizer, lab_emit_attendees,
    lab_emit_conflict_count, lab_emit_duration, lab_emit_zone_name, lab_emit_recurrence,
    lab_emit_first_last, lab_emit_modified, lab_emit_deleted, lab_emit_meeting_zone,
    lab_emit_zone, lab_emit_enhanced_location, lab_emit_wall_clock, lab_emit_zone_id,
    lab_emit_is_organizer, lab_emit_associated, lab_emit_out_of_date,
    lab_emit_change_highlights;
lab_set_fn lab_set_subject, lab_set_mime, lab_set_minutes, lab_set_one_person,
    lab_set_enhanced_location;

/* The body's text in a form: "Text" or "HTML". NULL when the item has none. */
const char *lab_body_as(lab_call_t *call, const lab_view_t *view, const char *form);
/* Writes <t:EffectiveRights>: the caller's on a folder. */
void lab_put_rights(lab_call_t *call, lab_buf_t *out, const lab_folder_t *folder);
/* The zone an item shows as its start or end zone; NULL when it has none. */
const lab_zone_t *lab_view_zone(const lab_view_t *view, bool end);
/* Does the item have attendees, or is it somebody else's meeting? */
bool lab_view_is_meeting(const lab_view_t *view);

/* Runs one of the writers of zones/ and recur/ inside an element and appends it. */
void lab_put_zone_definition(lab_call_t *call, lab_buf_t *out, const char *element,
                             const lab_zone_t *zone, bool full);

#endif
