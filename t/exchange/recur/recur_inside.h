/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file recur_inside.h
 * Inside of the recurrence module.
 */
#ifndef LAB_RECUR_INSIDE_H
#define LAB_RECUR_INSIDE_H

#include "recur/recur.h"

/** 1 when the pattern, its end not regarded, has at least count dates before the end of
 * Exchange's calendar. */
int lab_recur_inside_reaches(const lab_recur_t *r, int count);

/** Fill error and return APR_EINVAL. error may be NULL. */
apr_status_t lab_recur_inside_fail(lab_recur_error_t *error, const char *code,
                                   const char *text);

#endif
