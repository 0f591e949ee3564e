/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls.h"

#include <string.h>

#define MAX_NAMES  200
#define MAX_RECORD (64 * 1024 * 1024)

struct lab_calls {
    apr_thread_mutex_t *lock;
    struct {
        char name[64];
        apr_int64_t count;
    } by[MAX_NAMES];
    int names;
    apr_int64_t total, connections, refused;
};

struct lab_record {
    apr_thread_mutex_t *lock;
    json_t *list;
    size_t bytes;
};

lab_calls_t *lab_calls_make(apr_pool_t *pool)
{
    lab_calls_t *calls = apr_pcalloc(pool, sizeof *calls);
    apr_thread_mutex_create(&calls->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    return calls;
}

void lab_calls_count(lab_calls_t *calls, const char *operation)
{
    apr_thread_mutex_lock(calls->lock);
    calls->total++;
    int i = 0;
    while (i < calls->names && strcmp(calls->by[i].name, operation))
        i++;
    if (i == calls->names && i < MAX_NAMES &&
        strlen(operation) < sizeof calls->by[i].name) {
        memcpy(calls->by[i].name, operation, strlen(operation) + 1);
        calls->by[i].count = 0;
        calls->names++;
    }
    if (i < calls->names)
        calls->by[i].count++;
    apr_thread_mutex_unlock(calls->lock);
}

void lab_calls_count_connection(lab_calls_t *calls)
{
    apr_thread_mutex_lock(calls->lock);
    calls->connections++;
    apr_thread_mutex_unlock(calls->lock);
}

void lab_calls_count_refused(lab_calls_t *calls)
{
    apr_thread_mutex_lock(calls->lock);
    calls->refused++;
    apr_thread_mutex_unlock(calls->lock);
}

void lab_calls_reset(lab_calls_t *calls)
{
    apr_thread_mutex_lock(calls->lock);
    calls->names = 0;
    calls->total = calls->connections = calls->refused = 0;
    apr_thread_mutex_unlock(calls->lock);
}

json_t *lab_calls_json(lab_calls_t *calls)
{
    json_t *by = json_object();
    apr_thread_mutex_lock(calls->lock);
    for (int i = 0; i < calls->names; i++)
        json_object_set_new(by, calls->by[i].name, json_integer(calls->by[i].count));
    json_t *all = json_pack("{s:I, s:I, s:I}", "total", (json_int_t)calls->total,
                            "connections", (json_int_t)calls->connections,
                            "unauthenticated", (json_int_t)calls->refused);
    apr_thread_mutex_unlock(calls->lock);
    json_object_set_new(all, "by_operation", by);
    return all;
}

static apr_status_t drop_list(void *data)
{
    lab_record_t *record = data;
    json_decref(record->list);
    return APR_SUCCESS;
}

lab_record_t *lab_record_make(apr_pool_t *pool)
{
    lab_record_t *record = apr_pcalloc(pool, sizeof *record);
    apr_thread_mutex_create(&record->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    record->list = json_array();
    apr_pool_cleanup_register(pool, record, drop_list, apr_pool_cleanup_null);
    return record;
}

static size_t body_size(const json_t *entry)
{
    return json_string_length(json_object_get(entry, "body"));
}

void lab_record_add(lab_record_t *record, const char *operation, const char *body,
                    size_t len, int keep)
{
    if (keep <= 0)
        return;
    json_t *text = json_stringn(body, len);
    json_t *entry = json_pack("{s:s, s:o}", "operation", operation, "body",
                              text ? text : json_string(""));
    apr_thread_mutex_lock(record->lock);
    json_array_append_new(record->list, entry);
    record->bytes += body_size(entry);
    while (json_array_size(record->list) > (size_t)keep || record->bytes > MAX_RECORD) {
        record->bytes -= body_size(json_array_get(record->list, 0));
        json_array_remove(record->list, 0);
    }
    apr_thread_mutex_unlock(record->lock);
}

void lab_record_clear(lab_record_t *record)
{
    apr_thread_mutex_lock(record->lock);
    json_array_clear(record->list);
    record->bytes = 0;
    apr_thread_mutex_unlock(record->lock);
}

json_t *lab_record_json(lab_record_t *record)
{
    apr_thread_mutex_lock(record->lock);
    json_t *copy = json_deep_copy(record->list);
    apr_thread_mutex_unlock(record->lock);
    return copy;
}
