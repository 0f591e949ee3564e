/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item while it is written: CreateItem and UpdateItem put property after property into
 * a draft, then settle it, which decides what the times mean ("creation zone"), checks it
 * all and saves.
 */
#ifndef LAB_DRAFT_H
#define LAB_DRAFT_H

#include "ews/ext.h"
#include "ews/view.h"

struct lab_prop;

/* Whom a write of a meeting tells. */
typedef struct lab_sending {
    bool send;    /* somebody is told */
    bool changed; /* only those that came or went */
    bool copy;    /* with a copy in Sent Items */
} lab_sending_t;

typedef struct lab_draft {
    lab_call_t *call;
    lab_item_t *item; /* id 0 while it is new */
    lab_kind_t kind;
    lab_bag_t *bag;       /* where properties go: the item's, or an exception's */
    int day;              /* of the occurrence that is written, else LAB_NO_DAY */
    lab_series_t *series; /* of a recurring item as it was before */
    bool created;
    lab_bag_t *before; /* of a stored task: its properties as they were */
    lab_item_t *done;  /* of a recurring task: the occurrence that it leaves behind */
    /* what waits for lab_draft_settle */
    const char *start_text, *end_text;
    const lab_zone_t *start_zone, *end_zone, *meeting_zone;
    bool recurrence_set, recurrence_cleared;
    lab_recur_t recurrence;
    bool all_day_set;
    bool attendees_set;
    bool body_set;
    /* meetings (meeting/) */
    lab_sending_t sending;
    lab_view_t was; /* a stored item as it was */
    bool moved;     /* attendees must be asked anew */
    bool kept;      /* what is written stays, although the call fails */
} lab_draft_t;

typedef const lab_fail_t *lab_set_fn(lab_draft_t *draft, const struct lab_prop *p,
                                     xmlNodePtr value);

/* A draft of a new item of a kind in a folder. */
void lab_draft_new(lab_call_t *call, lab_kind_t kind, const lab_folder_t *folder,
                   lab_draft_t *draft);
/* A draft of a stored item, or of one of its occurrences. */
void lab_draft_edit(lab_call_t *call, lab_item_t *item, int day, lab_draft_t *draft);
/* Sets the property that an element inside t:CalendarItem etc. carries. */
const lab_fail_t *lab_draft_set(lab_draft_t *draft, xmlNodePtr element);
/* Takes a property away. */
const lab_fail_t *lab_draft_clear(lab_draft_t *draft, const struct lab_prop *p);
const lab_fail_t *lab_draft_set_ext(lab_draft_t *draft, xmlNodePtr property);
const lab_fail_t *lab_draft_clear_ext(lab_draft_t *draft, const lab_ext_t *ext);
/* Decides what the properties mean together, and checks them; part of settling. */
const lab_fail_t *lab_draft_decide(lab_draft_t *draft);
/* Checks and saves. */
const lab_fail_t *lab_draft_settle(lab_draft_t *draft);
/* Times of calendar items; part of settling (draft_time.c). */
const lab_fail_t *lab_draft_settle_times(lab_draft_t *draft);

/* General setters (set.c). */
lab_set_fn lab_set_text, lab_set_bool, lab_set_int, lab_set_body, lab_set_categories,
    lab_set_people, lab_set_start, lab_set_end, lab_set_zone, lab_set_meeting_zone,
    lab_set_recurrence, lab_set_all_day, lab_set_uid, lab_set_class, lab_set_ignored;

#endif
