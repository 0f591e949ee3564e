/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAB_ICAL_RULE_H
#define LAB_ICAL_RULE_H

#include "ews/ews.h"
#include "recur/recur.h"

/* Reads an RRULE of an event that starts on `start` on the clock of `zone`. False when
 * Exchange has no pattern for it. */
bool lab_ical_rule(lab_call_t *call, const char *text, lab_date_t start,
                   const lab_zone_t *zone, lab_recur_t *out);

#endif
