/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file filter_range.h
 * CALDAV:time-range (RFC 4791 9.9): does a component, or a property, overlap [start, end)?
 */
#ifndef XC_CAL_FILTER_RANGE_H
#define XC_CAL_FILTER_RANGE_H

#include "cal/view/instance.h"
#include "cal/object/object_priv.h"
#include "cal/view.h"

/** Does 9.9 define a time-range for this component? */
int xc_range_knows_component(const char *name);
/** Can this property have a date value? X- properties can. */
int xc_range_knows_property(const char *name);

/**
 * @param parent the component that `comp` is part of, for VALARM; may be NULL for the others
 * @return max-instances when the series is too large to tell
 */
xc_error_t *xc_range_match_component(int *matches, const xc_range_t *range, const xc_object_t *obj, icalcomponent *comp,
                                     icalcomponent *parent, const xc_zone_t *zone, apr_pool_t *pool);
/** The same question about one instance of a component (not of a VALARM). */
int xc_range_match_instance(const xc_range_t *range, const xc_object_t *obj, const xc_instance_t *instance, const xc_zone_t *zone);
/** A DATE counts as its whole day, a PERIOD from its start to its end; anything without a date does not match. */
int xc_range_match_property(const xc_range_t *range, const xc_object_t *obj, icalproperty *prop, const xc_zone_t *zone);

#endif
