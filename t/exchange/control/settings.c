/* SPDX-License-Identifier: Apache-2.0 */
#include "control/settings.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <string.h>

struct lab_settings {
    apr_thread_mutex_t *lock;
    json_t *now; /* the settings as an object, faults with their remaining times */
    json_t *initial;
    const lab_profile_t *profile;
    unsigned auth;
    int latency_ms;
    int record;
    int max_attachment, max_message, max_request;
    bool attendant;
};

static const lab_profile_t profiles[] = {
    {"2003", LAB_EXCHANGE_2007, false, 6, 5, 7638, 1},
    {"2007_SP1", LAB_EXCHANGE_2007_SP1, true, 8, 1, 240, 5},
    {"2010_SP2", LAB_EXCHANGE_2010_SP2, true, 14, 2, 247, 5},
    {"2013_SP1", LAB_EXCHANGE_2013_SP1, true, 15, 0, 847, 32},
    {"2016", LAB_EXCHANGE_2016, true, 15, 1, 2507, 6},
    {"2019", LAB_EXCHANGE_2019, true, 15, 2, 1118, 7},
};

static const struct {
    const char *name;
    unsigned bit;
} schemes[] = {{"basic", LAB_AUTH_BASIC},
               {"ntlm", LAB_AUTH_NTLM},
               {"forms", LAB_AUTH_FORMS},
               {"bearer", LAB_AUTH_BEARER}};

static const char *const kinds[] = {"503",      "busy", "401",     "440", "reset",
                                    "truncate", "hang", "garbage", "slow"};

/* settings that are numbers: name, most, at the start */
static const struct {
    const char *name;
    json_int_t most, initial;
} numbers[] = {{"latency_ms", 600000, 0},
               {"record", 600000, 0},
               {"max_attachment_bytes", INT32_MAX, 32 * 1024 * 1024},
               {"max_message_bytes", INT32_MAX, 0},
               {"max_request_bytes", INT32_MAX, 0}};

#define NNUMBERS (sizeof numbers / sizeof *numbers)

const lab_profile_t *lab_profile_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof profiles / sizeof *profiles; i++)
        if (!strcmp(profiles[i].name, name))
            return &profiles[i];
    return NULL;
}

static unsigned scheme_bit(const char *name)
{
    for (size_t i = 0; name && i < sizeof schemes / sizeof *schemes; i++)
        if (!strcmp(schemes[i].name, name))
            return schemes[i].bit;
    return 0;
}

static bool known_kind(const char *kind)
{
    if (kind && !strncmp(kind, "Error", 5))
        return true;
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i], kind))
            return true;
    return false;
}

static const char *check_auth(apr_pool_t *pool, const json_t *value)
{
    if (!json_is_array(value))
        return "auth must be a list";
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)value, i, one)
    {
        if (!scheme_bit(json_string_value(one)))
            return apr_psprintf(pool, "auth: unknown scheme at %u", (unsigned)i);
    }
    return NULL;
}

static const char *check_faults(apr_pool_t *pool, const json_t *value)
{
    if (!json_is_array(value))
        return "faults must be a list";
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)value, i, one)
    {
        const json_t *op = json_object_get(one, "operation");
        const json_t *times = json_object_get(one, "times");
        const json_t *p = json_object_get(one, "probability");
        const json_t *v = json_object_get(one, "value");
        if (!json_is_object(one) ||
            !known_kind(json_string_value(json_object_get(one, "kind"))))
            return apr_psprintf(pool, "faults: unknown kind at %u", (unsigned)i);
        if ((op && !json_is_string(op)) || (times && !json_is_integer(times)) ||
            (p && !json_is_number(p)) || (v && !json_is_integer(v)))
            return apr_psprintf(pool, "faults: a value of the wrong type at %u",
                                (unsigned)i);
    }
    return NULL;
}

/* is it the name of a number? then what is wrong with its value, or NULL */
static bool check_number(apr_pool_t *pool, const char *key, const json_t *value,
                         const char **wrong)
{
    for (size_t i = 0; i < NNUMBERS; i++) {
        if (strcmp(key, numbers[i].name))
            continue;
        if (!json_is_integer(value) || json_integer_value(value) < 0 ||
            json_integer_value(value) > numbers[i].most)
            *wrong = apr_psprintf(pool, "%s must be a number from 0", key);
        return true;
    }
    return false;
}

static const char *check(apr_pool_t *pool, const json_t *object)
{
    const char *key, *wrong = NULL;
    json_t *value;
    if (!json_is_object(object))
        return "a JSON object is expected";
    json_object_foreach((json_t *)object, key, value)
    {
        if (!strcmp(key, "version"))
            wrong = lab_profile_find(json_string_value(value)) ? NULL : "unknown version";
        else if (!strcmp(key, "auth"))
            wrong = check_auth(pool, value);
        else if (!strcmp(key, "faults"))
            wrong = check_faults(pool, value);
        else if (!strcmp(key, "tokens"))
            wrong =
                json_is_object(value) ? NULL : "tokens must be an object: token to login";
        else if (!strcmp(key, "work_hours"))
            wrong = lab_work_hours_check(pool, value);
        else if (!strcmp(key, "calendar_attendant"))
            wrong = json_is_boolean(value) ? NULL
                                           : "calendar_attendant must be true or false";
        else if (!check_number(pool, key, value, &wrong))
            wrong = apr_psprintf(pool, "unknown setting %s", key);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static int number(const lab_settings_t *s, const char *name)
{
    return (int)json_integer_value(json_object_get(s->now, name));
}

/* what every request asks, taken out of the object */
static void refresh(lab_settings_t *s)
{
    s->profile = lab_profile_find(json_string_value(json_object_get(s->now, "version")));
    s->latency_ms = number(s, "latency_ms");
    s->record = number(s, "record");
    s->max_attachment = number(s, "max_attachment_bytes");
    s->max_message = number(s, "max_message_bytes");
    s->max_request = number(s, "max_request_bytes");
    s->attendant = json_is_true(json_object_get(s->now, "calendar_attendant"));
    unsigned auth = 0;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(s->now, "auth"), i, one)
    {
        auth |= scheme_bit(json_string_value(one));
    }
    s->auth = auth;
}

static apr_status_t forget(void *data)
{
    lab_settings_t *s = data;
    json_decref(s->now);
    json_decref(s->initial);
    return APR_SUCCESS;
}

lab_settings_t *lab_settings_make(apr_pool_t *pool, const char *version, const char *auth)
{
    lab_settings_t *s = apr_pcalloc(pool, sizeof *s);
    apr_thread_mutex_create(&s->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    json_t *list = json_array();
    char *state, *copy = apr_pstrdup(pool, auth);
    for (char *t = apr_strtok(copy, ", ", &state); t; t = apr_strtok(NULL, ", ", &state))
        json_array_append_new(list, json_string(t));
    s->initial = json_pack("{s:s, s:b, s:[], s:{}, s:{}}", "version", version,
                           "calendar_attendant", 1, "faults", "tokens",
                           "work_hours");
    for (size_t i = 0; i < NNUMBERS; i++)
        json_object_set_new(s->initial, numbers[i].name,
                            json_integer(numbers[i].initial));
    json_object_set_new(s->initial, "auth", list);
    s->now = json_deep_copy(s->initial);
    refresh(s);
    apr_pool_cleanup_register(pool, s, forget, apr_pool_cleanup_null);
    return s;
}

const char *lab_settings_merge(lab_settings_t *s, apr_pool_t *pool, const json_t *object)
{
    const char *wrong = check(pool, object);
    if (wrong)
        return wrong;
    apr_thread_mutex_lock(s->lock);
    json_t *copy = json_deep_copy(object);
    json_object_update(s->now, copy);
    json_decref(copy);
    refresh(s);
    apr_thread_mutex_unlock(s->lock);
    return NULL;
}

void lab_settings_restore(lab_settings_t *s)
{
    apr_thread_mutex_lock(s->lock);
    json_decref(s->now);
    s->now = json_deep_copy(s->initial);
    refresh(s);
    apr_thread_mutex_unlock(s->lock);
}

json_t *lab_settings_json(lab_settings_t *s)
{
    apr_thread_mutex_lock(s->lock);
    json_t *copy = json_deep_copy(s->now);
    apr_thread_mutex_unlock(s->lock);
    return copy;
}

const lab_profile_t *lab_settings_profile(lab_settings_t *s)
{
    apr_thread_mutex_lock(s->lock);
    const lab_profile_t *profile = s->profile;
    apr_thread_mutex_unlock(s->lock);
    return profile;
}

static unsigned read_number(lab_settings_t *s, const unsigned *number)
{
    apr_thread_mutex_lock(s->lock);
    unsigned value = *number;
    apr_thread_mutex_unlock(s->lock);
    return value;
}

unsigned lab_settings_auth(lab_settings_t *s)
{
    return read_number(s, &s->auth);
}

int lab_settings_latency_ms(lab_settings_t *s)
{
    return (int)read_number(s, (const unsigned *)&s->latency_ms);
}

int lab_settings_record(lab_settings_t *s)
{
    return (int)read_number(s, (const unsigned *)&s->record);
}

apr_int64_t lab_settings_max_attachment(lab_settings_t *s)
{
    return (apr_int64_t)read_number(s, (const unsigned *)&s->max_attachment);
}

apr_int64_t lab_settings_max_message(lab_settings_t *s)
{
    return (apr_int64_t)read_number(s, (const unsigned *)&s->max_message);
}

/* maxAllowedContentLength of IIS as the generations are delivered */
apr_int64_t lab_settings_max_request(lab_settings_t *s)
{
    apr_int64_t most = (apr_int64_t)read_number(s, (const unsigned *)&s->max_request);
    lab_version_t schema = lab_settings_profile(s)->schema;
    if (most)
        return most;
    return schema >= LAB_EXCHANGE_2013   ? 67108864
           : schema >= LAB_EXCHANGE_2010 ? 35000000
                                         : 30000000;
}

bool lab_settings_attendant(lab_settings_t *s)
{
    apr_thread_mutex_lock(s->lock);
    bool on = s->attendant;
    apr_thread_mutex_unlock(s->lock);
    return on;
}

void lab_settings_work_hours(lab_settings_t *s, apr_pool_t *pool,
                             const lab_dir_entry_t *who, lab_work_hours_t *hours)
{
    apr_thread_mutex_lock(s->lock);
    lab_work_hours_of(pool, json_object_get(s->now, "work_hours"), who, hours);
    apr_thread_mutex_unlock(s->lock);
}

const char *lab_settings_token(lab_settings_t *s, apr_pool_t *pool, const char *token)
{
    apr_thread_mutex_lock(s->lock);
    const char *login =
        json_string_value(json_object_get(json_object_get(s->now, "tokens"), token));
    if (login)
        login = apr_pstrdup(pool, login);
    apr_thread_mutex_unlock(s->lock);
    return login;
}

static bool chance(double p)
{
    apr_uint32_t random = 0;
    if (p >= 1)
        return true;
    apr_generate_random_bytes((unsigned char *)&random, sizeof random);
    return random / 4294967296.0 < p;
}

/* does this fault strike now? uses up one of its times */
static bool strikes(json_t *one, const char *operation)
{
    const char *op = json_string_value(json_object_get(one, "operation"));
    const json_t *times = json_object_get(one, "times");
    const json_t *p = json_object_get(one, "probability");
    if (op && strcmp(op, "*") && strcmp(op, operation))
        return false;
    if (times && json_integer_value(times) <= 0)
        return false;
    if (p && !chance(json_number_value(p)))
        return false;
    const json_int_t skip = json_integer_value(json_object_get(one, "skip"));
    if (skip > 0) {
        json_object_set_new(one, "skip", json_integer(skip - 1));
        return false;
    }
    if (times)
        json_object_set_new(one, "times", json_integer(json_integer_value(times) - 1));
    return true;
}

bool lab_settings_fault(lab_settings_t *s, apr_pool_t *pool, const char *operation,
                        lab_fault_t *fault)
{
    bool found = false;
    size_t i;
    json_t *one;
    apr_thread_mutex_lock(s->lock);
    json_array_foreach(json_object_get(s->now, "faults"), i, one)
    {
        if (!strikes(one, operation))
            continue;
        fault->kind = apr_pstrdup(pool, json_string_value(json_object_get(one, "kind")));
        fault->value_ms = json_integer_value(json_object_get(one, "value"));
        found = true;
        break;
    }
    apr_thread_mutex_unlock(s->lock);
    return found;
}
