/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared memory layout: a table of origins, a table of accounts. A slot belongs to whoever put its
 * key in by compare-and-swap; a slot that says nothing any more may be taken over. Two racing
 * takers can at worst lose one report: the tables steer load, no answer depends on them.
 */
#include "net/breaker.h"

#include <apr_atomic.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"

enum {
    ORIGINS = 64,
    ACCOUNTS = 2048,
    PROBES = 8,            /* slots looked at for a key */
    NAME_BYTES = 128,
    OPEN_AFTER = 5,        /* failures in a row */
    FIRST_OPEN_SEC = 5,
    LONGEST_OPEN_SEC = 60,
    PROBE_SEC = 30,        /* a probe that has not come back by then is given up */
    LONGEST_BACK_OFF_SEC = 3600
};

typedef struct origin_slot_t {
    volatile apr_uint64_t key; /* 0 = free */
    volatile apr_uint32_t failures;
    volatile apr_uint32_t open_until;  /* seconds since 1970, 0 = closed */
    volatile apr_uint32_t probe_until; /* a probe is under way until then */
    char name[NAME_BYTES];             /* for the status page only */
} origin_slot_t;

typedef struct account_slot_t {
    volatile apr_uint64_t key;
    volatile apr_uint32_t until;
} account_slot_t;

struct xc_breaker_t {
    origin_slot_t origins[ORIGINS];
    account_slot_t accounts[ACCOUNTS];
};

apr_size_t xc_breaker_size(void)
{
    return sizeof(xc_breaker_t);
}

xc_breaker_t *xc_breaker_at(void *mem)
{
    return mem;
}

static apr_uint32_t seconds(apr_time_t t)
{
    return (apr_uint32_t)apr_time_sec(t);
}

/* "HTTPS://Host:443/path" -> "https://host". The result is cut rather than too long. */
static void normalize(char *out, apr_size_t size, const char *origin)
{
    const char *host = strstr(origin, "://");
    apr_size_t n = 0;
    const char *p;

    host = host ? host + 3 : origin;
    for (p = origin; *p && n + 1 < size && (p < host || *p != '/'); p++)
        out[n++] = (char)apr_tolower(*p);
    out[n] = '\0';
    if (n > 4 && strncmp(out, "https:", 6) == 0 && strcmp(out + n - 4, ":443") == 0)
        out[n - 4] = '\0';
    else if (n > 3 && strncmp(out, "http:", 5) == 0 && strcmp(out + n - 3, ":80") == 0)
        out[n - 3] = '\0';
}

static apr_uint64_t key_of(const char *origin, const char *account)
{
    char text[NAME_BYTES + 260];
    unsigned char sum[XC_SHA256_BYTES];
    apr_uint64_t key;
    apr_size_t n;

    normalize(text, NAME_BYTES, origin);
    n = strlen(text) + 1;
    if (account) {
        for (; *account && n + 1 < sizeof(text); account++)
            text[n++] = (char)apr_tolower(*account);
        text[n++] = '\0';
    }
    xc_crypt_sha256(sum, text, n);
    memcpy(&key, sum, sizeof(key));
    return key ? key : 1;
}

static int is_idle(const origin_slot_t *s)
{
    return apr_atomic_read32((volatile apr_uint32_t *)&s->failures) == 0;
}

static origin_slot_t *find_origin(xc_breaker_t *b, const char *origin, int make)
{
    apr_uint64_t key = key_of(origin, NULL);
    origin_slot_t *usable = NULL;
    apr_uint64_t seen = 0;
    unsigned i;

    for (i = 0; i < PROBES; i++) {
        origin_slot_t *s = &b->origins[(key + i) % ORIGINS];
        apr_uint64_t k = apr_atomic_read64(&s->key);
        if (k == key)
            return s;
        if (!usable && (k == 0 || is_idle(s))) {
            usable = s;
            seen = k;
        }
        if (k == 0)
            break;
    }
    if (!make || !usable || apr_atomic_cas64(&usable->key, key, seen) != seen)
        return NULL;
    apr_atomic_set32(&usable->failures, 0);
    apr_atomic_set32(&usable->open_until, 0);
    apr_atomic_set32(&usable->probe_until, 0);
    normalize(usable->name, sizeof(usable->name), origin);
    return usable;
}

static account_slot_t *find_account(xc_breaker_t *b, apr_uint64_t key, int make, apr_uint32_t now)
{
    account_slot_t *usable = NULL;
    apr_uint64_t seen = 0;
    unsigned i;

    for (i = 0; i < PROBES; i++) {
        account_slot_t *s = &b->accounts[(key + i) % ACCOUNTS];
        apr_uint64_t k = apr_atomic_read64(&s->key);
        if (k == key)
            return s;
        if (!usable && (k == 0 || apr_atomic_read32(&s->until) <= now)) {
            usable = s;
            seen = k;
        }
    }
    if (!make || !usable || apr_atomic_cas64(&usable->key, key, seen) != seen)
        return NULL;
    apr_atomic_set32(&usable->until, 0);
    return usable;
}

static int origin_wait(origin_slot_t *s, apr_uint32_t now)
{
    apr_uint32_t until = apr_atomic_read32(&s->open_until), probe;

    if (!until)
        return 0;
    if (until > now)
        return (int)(until - now);
    /* the time is over: one caller may try, the others wait for what it finds */
    probe = apr_atomic_read32(&s->probe_until);
    if (probe > now)
        return 1;
    return apr_atomic_cas32(&s->probe_until, now + PROBE_SEC, probe) == probe ? 0 : 1;
}

int xc_breaker_wait_sec(xc_breaker_t *b, const char *origin, const char *account, apr_time_t now)
{
    apr_uint32_t sec = seconds(now);
    origin_slot_t *s;

    if (!b || !origin)
        return 0;
    /* the account first: who stays away anyway must not use up the origin's probe */
    if (account && *account) {
        account_slot_t *a = find_account(b, key_of(origin, account), 0, sec);
        apr_uint32_t until = a ? apr_atomic_read32(&a->until) : 0;
        if (until > sec)
            return (int)(until - sec);
    }
    s = find_origin(b, origin, 0);
    return s ? origin_wait(s, sec) : 0;
}

int xc_breaker_report(xc_breaker_t *b, const char *origin, int ok, apr_time_t now)
{
    apr_uint32_t failures, open_sec, was_open;
    origin_slot_t *s;

    if (!b || !origin)
        return 0;
    s = find_origin(b, origin, 1);
    if (!s)
        return 0;
    was_open = apr_atomic_read32(&s->open_until);
    if (ok) {
        if (apr_atomic_read32(&s->failures) == 0)
            return 0; /* the usual case writes nothing: no cache line moves between the cores */
        apr_atomic_set32(&s->failures, 0);
        apr_atomic_set32(&s->probe_until, 0);
        return apr_atomic_xchg32(&s->open_until, 0) ? -1 : 0;
    }
    failures = apr_atomic_inc32(&s->failures) + 1;
    /* what was under way when it opened does not lengthen the wait; a failed probe does */
    if (failures < OPEN_AFTER || was_open > seconds(now))
        return 0;
    open_sec = FIRST_OPEN_SEC;
    for (; failures > OPEN_AFTER && open_sec < LONGEST_OPEN_SEC; failures--)
        open_sec *= 2;
    if (open_sec > LONGEST_OPEN_SEC)
        open_sec = LONGEST_OPEN_SEC;
    apr_atomic_set32(&s->open_until, seconds(now) + open_sec);
    apr_atomic_set32(&s->probe_until, 0);
    return was_open ? 0 : 1;
}

void xc_breaker_back_off(xc_breaker_t *b, const char *origin, const char *account,
                         apr_interval_time_t how_long, apr_time_t now)
{
    apr_uint32_t until, known;
    account_slot_t *a;

    if (!b || !origin || !account || how_long <= 0)
        return;
    if (how_long > apr_time_from_sec(LONGEST_BACK_OFF_SEC))
        how_long = apr_time_from_sec(LONGEST_BACK_OFF_SEC);
    until = seconds(now + how_long + APR_USEC_PER_SEC - 1);
    a = find_account(b, key_of(origin, account), 1, seconds(now));
    if (!a)
        return;
    while ((known = apr_atomic_read32(&a->until)) < until) {
        if (apr_atomic_cas32(&a->until, until, known) == known)
            break;
    }
}

apr_array_header_t *xc_breaker_states(const xc_breaker_t *b, apr_time_t now, apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, 4, sizeof(xc_breaker_state_t));
    unsigned i;

    for (i = 0; b && i < ORIGINS; i++) {
        const origin_slot_t *s = &b->origins[i];
        xc_breaker_state_t *st;
        if (!s->key)
            continue;
        st = apr_array_push(out);
        st->origin = apr_pstrndup(pool, s->name, NAME_BYTES - 1);
        st->failures = (int)s->failures;
        st->wait_sec = s->open_until > seconds(now) ? (int)(s->open_until - seconds(now)) : 0;
    }
    return out;
}

int xc_breaker_backing_off(const xc_breaker_t *b, apr_time_t now)
{
    unsigned i;
    int n = 0;

    for (i = 0; b && i < ACCOUNTS; i++)
        n += b->accounts[i].key && b->accounts[i].until > seconds(now);
    return n;
}
