/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file zone_priv.h
 * What the zone_*.c files share: the transitions of a zone, the yearly rule behind them and the
 * table of names. Seconds here are seconds since 1970-01-01T00:00:00Z unless said otherwise.
 */
#ifndef XC_CAL_ZONE_PRIV_H
#define XC_CAL_ZONE_PRIV_H

#include <apr_hash.h>

#include "cal/zone.h"

/** When a yearly rule changes the clock: the date forms of POSIX TZ and the wall clock before it. */
typedef struct xc_onset_t {
    enum { XC_ONSET_NTH_DAY, XC_ONSET_JULIAN, XC_ONSET_YEAR_DAY } form;
    int month, week, weekday;  /* NTH_DAY: month 1..12, week 1..5 (5 = last), weekday 0 = Sunday */
    int day;                   /* JULIAN: 1..365 without 29 February; YEAR_DAY: 0..365 */
    int time_sec;              /* -167 h .. +167 h of the wall clock before the change */
} xc_onset_t;

/** The rule that holds after the last transition: one offset, or two and their changes. */
typedef struct xc_rule_t {
    int set, has_dst;
    int std_sec, dst_sec;      /* east of UTC */
    char std_name[16], dst_name[16];
    xc_onset_t to_dst, to_std;
} xc_rule_t;

typedef struct xc_transition_t {
    apr_int64_t at;            /* from this second on */
    int offset_sec;            /* east of UTC */
    int is_dst;
    const char *name;          /* abbreviation, "" = none */
} xc_transition_t;

struct xc_zone_t {
    const char *id;
    const char *windows;       /* NULL = none */
    int first_offset_sec;      /* before the first transition */
    const char *first_name;
    int n;
    const xc_transition_t *t;  /* ascending */
    xc_rule_t rule;
    apr_int64_t rule_from;     /* the rule holds from here on; before it the transitions */
    const char *vtimezone;     /* a custom zone: its own text; NULL for IANA zones */
};

/** A row of the Windows names. */
typedef struct xc_winzone_t {
    const char *id;            /* as EWS writes it */
    const char *iana;          /* default, used when ICU does not know the id */
    const char *cities;        /* display name after the parenthesis */
} xc_winzone_t;
extern const xc_winzone_t xc_winzones[];
extern const int xc_winzones_count;
/** A CDO display string (after the parenthesis) or an older Windows id, and the IANA zone it means. */
typedef struct xc_zone_synonym_t {
    const char *name;
    const char *iana;
} xc_zone_synonym_t;
extern const xc_zone_synonym_t xc_cdo_names[];   /* index = CdoTimeZoneId up to 51, then others */
extern const int xc_cdo_names_count;
extern const xc_zone_synonym_t xc_old_windows_names[];
extern const int xc_old_windows_names_count;

/** Read a TZif file (RFC 8536). @return 0 when it is none */
int xc_tzif_read(xc_zone_t *zone, const char *data, apr_size_t len, apr_pool_t *pool);
/** Read a POSIX TZ string (RFC 8536 3.3.1). @return 0 when it is none */
int xc_rule_parse(xc_rule_t *rule, const char *tz);
/** The second of a rule's change in a year; `offset_sec` = offset before the change. */
apr_int64_t xc_onset_at(const xc_onset_t *onset, int year, int offset_sec);
/** Set rule_from: drops the last transitions that the rule says as well. */
void xc_zone_trim(xc_zone_t *zone);

/** Offset and abbreviation at a second. */
int xc_zone_offset_at(const xc_zone_t *zone, apr_int64_t sec, int *is_dst, const char **name);
/** First change of offset after `sec`. @return 0 when there is none before year 2500 */
int xc_zone_next_change(const xc_zone_t *zone, apr_int64_t sec, apr_int64_t *at);
/** Same offsets and changes in [from, to)? */
int xc_zone_same_rules(const xc_zone_t *a, const xc_zone_t *b, apr_int64_t from, apr_int64_t to);
/** The first Windows row whose zone has the same rules in [from, to); NULL when none. */
const xc_zone_t *xc_zone_match(const xc_zone_t *zone, apr_int64_t from, apr_int64_t to);
/** The zone of a CdoTimeZoneId; NULL when unknown. */
const xc_zone_t *xc_zone_from_cdo(int id);

/** Seconds of a wall clock as if it were UTC. */
apr_int64_t xc_civil_to_sec(const xc_wall_t *wall);
void xc_civil_from_sec(xc_wall_t *wall, apr_int64_t sec);

#endif
