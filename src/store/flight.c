/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single flight. Between processes: a lease record in the store; those who wait look again after
 * 2 ms, then ever later up to 50 ms. Within a process: one thread (the leader) deals with the
 * record, the others sleep on a condition and poll nothing.
 *
 * That a flight ended shows in its generation, so that a waiter sees it even when the next one has
 * begun meanwhile. A holder that died is found by the end of its lease, or on the same machine by
 * its process being gone.
 */
#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "store/store_provider.h"

#define LOCAL_FLIGHTS   128
#define POLL_FIRST_USEC 2000
#define POLL_LAST_USEC  50000
#define MIN_LEASE       apr_time_from_sec(1)

typedef struct local_t {
    unsigned char digest[XC_DIGEST_BYTES];
    int busy, waiting;        /* a leader is at it; threads that sleep until it ends */
    apr_uint32_t ended;       /* grows with each end */
    apr_thread_cond_t *cond;
} local_t;

struct xc_flights_t {
    apr_thread_mutex_t *mutex;
    local_t local[LOCAL_FLIGHTS];
};

struct xc_flight_t {
    xc_store_t *store;
    local_t *local;           /* NULL: all places were taken, others of this process poll */
    unsigned char digest[XC_DIGEST_BYTES];
    xc_lease_t lease;
    int recorded;             /* the record is ours too */
    int over;
    apr_pool_t *pool;
};

xc_error_t *xc_flights_make(xc_flights_t **out, apr_pool_t *pool)
{
    xc_flights_t *fl = apr_pcalloc(pool, sizeof(*fl));
    apr_status_t rv = apr_thread_mutex_create(&fl->mutex, APR_THREAD_MUTEX_DEFAULT, pool);
    int i;

    *out = NULL;
    for (i = 0; i < LOCAL_FLIGHTS && rv == APR_SUCCESS; i++)
        rv = apr_thread_cond_create(&fl->local[i].cond, pool);
    if (rv != APR_SUCCESS)
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    *out = fl;
    return NULL;
}

/* ---- who we are ---- */

/** Field 22 of /proc/<pid>/stat: start time in ticks since boot; 0 = unknown. */
static apr_uint64_t process_start(pid_t pid)
{
    char path[64], buf[1024], *p;
    int fd, field;
    ssize_t n;

    apr_snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, buf, sizeof(buf) - 1);
    close(fd);
    if (n <= 0)
        return 0;
    buf[n] = 0;
    /* the command's name, in parentheses, may hold anything: count from the last one */
    p = strrchr(buf, ')');
    for (field = 2; p && field < 22; field++)
        p = strchr(p + 1, ' ');
    return p ? strtoull(p + 1, NULL, 10) : 0;
}

static apr_uint64_t this_host(apr_pool_t *pool)
{
    unsigned char digest[XC_DIGEST_BYTES];
    char boot[64] = "";
    struct stat st;
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = read(fd, boot, sizeof(boot) - 1);

        boot[n > 0 ? n : 0] = 0;
        close(fd);
    }
    if (!boot[0] || stat("/proc/self/ns/pid", &st) != 0)
        return 0;
    xc_store_digest(digest, pool, boot, apr_psprintf(pool, "%" APR_UINT64_T_FMT, (apr_uint64_t)st.st_ino), NULL);
    return xc_record_get_u64(digest) | 1;
}

void xc_lease_self(xc_lease_t *out, apr_pool_t *pool)
{
    memset(out, 0, sizeof(*out));
    out->holder = strtoull(xc_crypt_random_hex(pool, 8), NULL, 16) | 1;
    out->host = this_host(pool);
    out->pid = (apr_uint64_t)getpid();
    out->started = process_start(getpid());
}

int xc_lease_free(const xc_lease_t *lease, apr_time_t now)
{
    apr_pool_t *pool;
    apr_uint64_t started;
    int free_now;

    if (lease->holder == 0 || lease->expires_at <= now)
        return 1;
    if (lease->host == 0 || lease->pid == 0 || lease->pid > APR_INT32_MAX)
        return 0;
    if (apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return 0;
    free_now = 0;
    if (lease->host == this_host(pool)) {
        started = process_start((pid_t)lease->pid);
        free_now = (kill((pid_t)lease->pid, 0) != 0 && errno == ESRCH) ||
                   (started && lease->started && started != lease->started);
    }
    apr_pool_destroy(pool);
    return free_now;
}

/* ---- within the process ---- */

static local_t *find_local(xc_flights_t *fl, const unsigned char *digest)
{
    local_t *spare = NULL;
    int i;

    for (i = 0; i < LOCAL_FLIGHTS; i++) {
        local_t *l = &fl->local[i];

        if ((l->busy || l->waiting) && memcmp(l->digest, digest, XC_DIGEST_BYTES) == 0)
            return l;
        if (!spare && !l->busy && !l->waiting)
            spare = l;
    }
    if (spare)
        memcpy(spare->digest, digest, XC_DIGEST_BYTES);
    return spare;
}

/** @return 1 = we lead, 0 = another's flight ended, -1 = the deadline passed */
static int join_local(local_t **out, xc_flights_t *fl, const unsigned char *digest, apr_time_t deadline)
{
    local_t *l;
    apr_uint32_t ended;
    int result = 1;

    apr_thread_mutex_lock(fl->mutex);
    l = find_local(fl, digest);
    if (l && l->busy) {
        ended = l->ended;
        l->waiting++;
        result = 0;
        while (l->ended == ended && result == 0) {
            apr_interval_time_t left = deadline - apr_time_now();

            if (left <= 0)
                result = -1;
            else
                apr_thread_cond_timedwait(l->cond, fl->mutex, left);
        }
        l->waiting--;
    }
    else if (l) {
        l->busy = 1;
    }
    apr_thread_mutex_unlock(fl->mutex);
    *out = l;
    return result;
}

static void leave_local(xc_flights_t *fl, local_t *l)
{
    if (!l)
        return;
    apr_thread_mutex_lock(fl->mutex);
    l->busy = 0;
    l->ended++;
    apr_thread_cond_broadcast(l->cond);
    apr_thread_mutex_unlock(fl->mutex);
}

/* ---- between processes ---- */

/** @return 1 = ours (or there is no store to ask), 0 = another's flight ended, -1 = the deadline passed */
static int join_record(xc_flight_t *f, apr_interval_time_t lease, apr_time_t deadline)
{
    const xc_provider_t *p = f->store->provider;
    apr_interval_time_t pause = POLL_FIRST_USEC;
    xc_lease_t seen, now_there;
    apr_pool_t *scratch;
    int result = 0, first = 1;
    apr_uint64_t generation = 0;

    apr_pool_create(&scratch, f->pool);
    for (;;) {
        apr_time_t now = apr_time_now();
        int taken;

        apr_pool_clear(scratch);
        f->lease.expires_at = now + lease;
        taken = p->lease_take(&seen, f->store, f->digest, &f->lease, now, scratch);
        if (taken != 0) {
            f->recorded = taken > 0;
            result = 1;
            break;
        }
        if (!first && seen.generation != generation)
            break;
        generation = seen.generation;
        first = 0;
        /* look without a write lock until something happens */
        do {
            now = apr_time_now();
            if (now >= deadline) {
                result = -1;
                break;
            }
            apr_sleep(pause < deadline - now ? pause : deadline - now);
            pause = pause * 3 / 2 < POLL_LAST_USEC ? pause * 3 / 2 : POLL_LAST_USEC;
            apr_pool_clear(scratch);
            if (!p->lease_look(&now_there, f->store, f->digest, scratch))
                break;
            if (now_there.generation != generation) {
                apr_pool_destroy(scratch);
                return 0;
            }
        } while (!xc_lease_free(&now_there, apr_time_now()));
        if (result < 0)
            break;
    }
    apr_pool_destroy(scratch);
    return result;
}

static apr_status_t end_at_cleanup(void *data)
{
    xc_store_flight_end(data);
    return APR_SUCCESS;
}

static xc_error_t *too_late(apr_pool_t *pool)
{
    xc_error_t *err = xc_error_make(pool, 503, XC_COND_NONE, "Another request for the same calendar has not been answered in time.");

    return xc_error_code(xc_error_retry(err, 5), pool, "flight-deadline");
}

xc_error_t *xc_store_flight_begin(xc_flight_t **out, int *waited, xc_store_t *store, const char *what,
                                  apr_interval_time_t lease, apr_time_t deadline, apr_pool_t *pool)
{
    xc_flight_t *f = apr_pcalloc(pool, sizeof(*f));
    int joined;

    *out = NULL;
    *waited = 0;
    f->store = store;
    f->pool = pool;
    xc_store_digest(f->digest, pool, "flight", what, NULL);
    joined = join_local(&f->local, store->flights, f->digest, deadline);
    if (joined > 0) {
        xc_lease_self(&f->lease, pool);
        f->lease.what = apr_pstrdup(pool, what);
        joined = join_record(f, lease > MIN_LEASE ? lease : MIN_LEASE, deadline);
        if (joined <= 0)
            leave_local(store->flights, f->local);
    }
    if (joined < 0)
        return too_late(pool);
    if (joined == 0) {
        *waited = 1;
        return NULL;
    }
    apr_pool_cleanup_register(pool, f, end_at_cleanup, apr_pool_cleanup_null);
    *out = f;
    return NULL;
}

void xc_store_flight_end(xc_flight_t *flight)
{
    apr_pool_t *scratch;

    if (!flight || flight->over)
        return;
    flight->over = 1;
    apr_pool_cleanup_kill(flight->pool, flight, end_at_cleanup);
    if (flight->recorded && apr_pool_create(&scratch, NULL) == APR_SUCCESS) {
        flight->store->provider->lease_give(flight->store, flight->digest, &flight->lease, scratch);
        apr_pool_destroy(scratch);
    }
    leave_local(flight->store->flights, flight->local);
}
