/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file seed_inside.h
 * Inside of the seed generator: its parts.
 */
#ifndef LAB_SEED_INSIDE_H
#define LAB_SEED_INSIDE_H

#include "seed/seed.h"
#include "seed/seed_words.h"

/** A day between two distances from today, seldom one of a week-end. */
lab_date_t lab_seed_day(lab_chance_t *chance, lab_date_t today, int from_days,
                        int to_days);

/** Give the event a zone and a time of that day, some minutes to some hours long. */
void lab_seed_hours(lab_chance_t *chance, const lab_zone_t *zone, lab_date_t day,
                    lab_seed_event_t *e);

/** Make the event last whole days in a zone. */
void lab_seed_whole_days(const lab_zone_t *zone, lab_date_t day, int days,
                         lab_seed_event_t *e);

/** Make the event a meeting of the owner or of somebody who invited him. */
void lab_seed_people(const lab_dir_entry_t *owner, lab_chance_t *chance,
                     lab_seed_event_t *e, apr_pool_t *pool);

/** Make the event a series: subject, recurrence, time of the first occurrence. */
void lab_seed_series(lab_chance_t *chance, const lab_zone_t *zone, lab_date_t today,
                     lab_seed_event_t *e);

/** Change and delete a few occurrences of a series. At least one stays as it is. */
void lab_seed_exceptions(lab_chance_t *chance, lab_seed_event_t *e, apr_pool_t *pool);

#endif
