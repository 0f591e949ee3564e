/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file directives.h
 * The directives, a row each: kind of value, default, bounds, help. Everything about them (parsing,
 * defaults, merging, the command table of httpd, the table in README.md) is made from the rows. Free
 * of httpd's headers, so that unit tests can use it.
 *
 * Names: Exchange… says what Exchange is and how it is asked; Excal… is about the gateway itself.
 * Times take ms, s (also without suffix), min, h or d; sizes take K, M or G.
 */
#ifndef XC_HTTPD_DIRECTIVES_H
#define XC_HTTPD_DIRECTIVES_H

#include <apr_pools.h>
#include <apr_time.h>
#include <stddef.h>

/** The service account of ExchangeServiceAccount; its secret is in memory only. */
typedef struct xc_service_account_t {
    const char *user;
    const char *secret;
} xc_service_account_t;

enum { XC_SHARED_OFF, XC_SHARED_PROXY, XC_SHARED_HOME };

/** What a <Location> (or anything else of per-directory kind) says. */
typedef struct xc_dir_config_t {
    apr_uint64_t set;                 /* a bit per row of XC_DIR_DIRECTIVES that was given */
    int gateway;
    const char *base;
    const char *url;
    int protocol;
    const char *mail_domain;
    const char *autodiscover_url;
    const char *version;
    int auth;                         /* xc_auth_e */
    int impersonation;
    xc_service_account_t *service;    /* NULL = none */
    apr_interval_time_t timeout;
    apr_interval_time_t connect_timeout;
    apr_interval_time_t idle_timeout;
    int connections;
    apr_size_t max_answer_bytes;
    int batch_size;
    int parallel;
    apr_interval_time_t freshness;
    apr_interval_time_t home_freshness;
    int shared;                       /* XC_SHARED_: where others' calendars are told of */
    int public_folders;
    apr_interval_time_t freebusy_cache;
    apr_interval_time_t directory_cache;
    int read_ahead;
    apr_interval_time_t credential_cache;
    int tls_verify;
    const char *ca_file;
    apr_size_t max_request_bytes;
    apr_size_t max_resource_bytes;
    apr_size_t max_kept_bytes;
    int max_attendees;
    apr_size_t max_file_bytes;
    int max_files;
    int max_matches;
    int max_components;
    apr_interval_time_t past_window;
    apr_interval_time_t future_window;
    int read_only;
    const char *read_only_for;        /* addresses and @domains, NULL = none */
    int scheduling;
    const char *territory;
    const char *time_zone;
} xc_dir_config_t;

/** What holds for the whole server. */
typedef struct xc_server_config_t {
    apr_uint64_t set;
    const char *cache;                /* "lmdb:DIR" or "socache:PROVIDER[:ARGS]" */
    apr_size_t cache_bytes;
    apr_interval_time_t body_age;
    apr_interval_time_t tombstone_age;
} xc_server_config_t;

typedef enum xc_value_e { XC_VALUE_FLAG, XC_VALUE_INT, XC_VALUE_TIME, XC_VALUE_BYTES, XC_VALUE_CHOICE, XC_VALUE_TEXT, XC_VALUE_ACCOUNT } xc_value_e;

/** A word and what it means. */
typedef struct xc_choice_t {
    const char *word;
    int value;
} xc_choice_t;

typedef struct xc_directive_t {
    const char *name;
    xc_value_e kind;
    apr_size_t offset;                /* of the field in its config */
    const char *dflt;                 /* as an administrator would write it; NULL = not set */
    apr_int64_t min, max;             /* INT: as is; TIME: µs; BYTES: bytes */
    const xc_choice_t *choices;       /* CHOICE; the end has word NULL */
    const char *(*check)(const char *text, apr_pool_t *pool); /* TEXT: NULL = good, else what is wrong */
    const char *help;
} xc_directive_t;

extern const xc_directive_t xc_dir_directives[];
extern const int xc_dir_directive_count;
extern const xc_directive_t xc_server_directives[];
extern const int xc_server_directive_count;

/** New configs with every default in place and no bit set. */
xc_dir_config_t *xc_dir_config_make(apr_pool_t *pool);
xc_server_config_t *xc_server_config_make(apr_pool_t *pool);

/** Per row, what `add` says, else what `base` says. */
xc_dir_config_t *xc_dir_config_merge(const xc_dir_config_t *base, const xc_dir_config_t *add, apr_pool_t *pool);
xc_server_config_t *xc_server_config_merge(const xc_server_config_t *base, const xc_server_config_t *add, apr_pool_t *pool);

/** Parse a value into `config` and set the row's bit. @return NULL, or a sentence for the administrator */
const char *xc_directive_set(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool);

/** Read ExchangeServiceAccount's file: its first line is the password; nobody but its owner may read it. @return NULL or what is wrong */
const char *xc_service_account_read(xc_service_account_t **out, const char *user, const char *path, apr_pool_t *pool);

/** "90s", "5min" … to µs; "500M" … to bytes. @return 0 when it is none */
int xc_value_time(apr_interval_time_t *out, const char *text);
int xc_value_bytes(apr_size_t *out, const char *text);

#endif
