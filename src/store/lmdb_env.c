/* SPDX-License-Identifier: Apache-2.0 */
/* The environment: opening, judging what is found, the transaction runner and its repairs. See lmdb.h. */
#include "store/lmdb.h"

#include <apr_atomic.h>
#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_READERS   4096
#define REOPEN_SEC    2
#define ATTEMPTS      4

/* ---- one environment per directory and process: LMDB's file locks belong to the process ---- */

static pthread_mutex_t open_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct { dev_t dev; ino_t ino; pid_t pid; } open_here[32];

static int claim(dev_t dev, ino_t ino)
{
    unsigned i, spare = 32;

    pthread_mutex_lock(&open_mutex);
    for (i = 0; i < 32; i++) {
        if (open_here[i].pid == getpid() && open_here[i].dev == dev && open_here[i].ino == ino) {
            pthread_mutex_unlock(&open_mutex);
            return -1;
        }
        if (open_here[i].pid != getpid() && spare == 32)
            spare = i;
    }
    if (spare < 32) {
        open_here[spare].pid = getpid();
        open_here[spare].dev = dev;
        open_here[spare].ino = ino;
    }
    pthread_mutex_unlock(&open_mutex);
    return 0;
}

static void unclaim(dev_t dev, ino_t ino)
{
    unsigned i;

    pthread_mutex_lock(&open_mutex);
    for (i = 0; i < 32; i++) {
        if (open_here[i].pid == getpid() && open_here[i].dev == dev && open_here[i].ino == ino)
            open_here[i].pid = 0;
    }
    pthread_mutex_unlock(&open_mutex);
}

/* ---- files ---- */

static const char *path_of(char *buf, apr_size_t size, const xc_lmdb_t *lm, const char *name)
{
    apr_snprintf(buf, size, "%s/%s", lm->dir, name);
    return buf;
}

static void sync_dir(const xc_lmdb_t *lm)
{
    int fd = open(lm->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static int write_file(const xc_lmdb_t *lm, const char *name, const char *text)
{
    char path[4096];
    int fd = open(path_of(path, sizeof(path), lm, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int ok;

    if (fd < 0)
        return -1;
    ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fsync(fd) == 0;
    close(fd);
    sync_dir(lm);
    return ok ? 0 : -1;
}

/** This boot's name; "" where the system gives none: then every commit is synced and nothing has to be judged. */
static void boot_id(char *buf, apr_size_t size)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, buf, size - 1) : 0;

    if (fd >= 0)
        close(fd);
    buf[n > 0 ? n : 0] = 0;
}

static int exists(const xc_lmdb_t *lm, const char *name)
{
    char path[4096];

    return access(path_of(path, sizeof(path), lm, name), F_OK) == 0;
}

static void move_aside(const xc_lmdb_t *lm)
{
    char from[4096], to[4096];

    (void)rename(path_of(from, sizeof(from), lm, "data.mdb"), path_of(to, sizeof(to), lm, "data.mdb.damaged"));
    (void)unlink(path_of(from, sizeof(from), lm, "lock.mdb"));
    (void)unlink(path_of(from, sizeof(from), lm, "clean"));
}

/** Under the guard: is what is there known to be whole? If not, move it away. */
static void judge(xc_lmdb_t *lm)
{
    char now[64], then[64] = "", path[4096];
    int fd;

    boot_id(now, sizeof(now));
    lm->synced = !now[0];
    if (lm->synced)
        return;
    fd = open(path_of(path, sizeof(path), lm, "boot"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        ssize_t n = read(fd, then, sizeof(then) - 1);

        then[n > 0 ? n : 0] = 0;
        close(fd);
    }
    if (strcmp(now, then) == 0)
        return;
    if (exists(lm, "data.mdb") && !exists(lm, "clean")) {
        xc_log(lm->log, XC_LOG_WARNING, "store: %s was not closed before the machine stopped: starting anew", lm->dir);
        move_aside(lm);
    }
    (void)write_file(lm, "boot", now);
}

/** @return the guard's descriptor, -1 when it cannot be had */
static int guard(const xc_lmdb_t *lm)
{
    char path[4096];
    int fd = open(path_of(path, sizeof(path), lm, "guard"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- opening and closing ---- */

static const char *const db_names[XC_DB_COUNT] = {"calendar", "log", "body", "use", "small", "expiry", "lease"};

static int open_databases(xc_lmdb_t *lm, MDB_env *env)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(env, NULL, 0, &txn), i;

    if (rc)
        return rc;
    for (i = 0; i < XC_DB_COUNT && !rc; i++)
        rc = mdb_dbi_open(txn, db_names[i], MDB_CREATE, &lm->dbi[i]);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn);
}

static int open_files(xc_lmdb_t *lm)
{
    MDB_env *env = NULL;
    struct stat st;
    char path[4096];
    mdb_filehandle_t fd;
    int rc, dead;

    if (stat(path_of(path, sizeof(path), lm, "data.mdb"), &st) == 0) {
        if (claim(st.st_dev, st.st_ino) != 0)
            return EBUSY;
        unclaim(st.st_dev, st.st_ino);
    }
    rc = mdb_env_create(&env);
    if (!rc)
        rc = mdb_env_set_maxdbs(env, XC_DB_COUNT);
    if (!rc)
        rc = mdb_env_set_maxreaders(env, MAX_READERS);
    if (!rc)
        rc = mdb_env_set_mapsize(env, lm->map_bytes);
    if (!rc)
        rc = mdb_env_open(env, lm->dir, MDB_NOTLS | MDB_NORDAHEAD | (lm->synced ? 0u : MDB_NOSYNC), 0600);
    if (!rc)
        (void)mdb_reader_check(env, &dead);
    if (!rc)
        rc = open_databases(lm, env);
    if (!rc && (mdb_env_get_fd(env, &fd) != 0 || fstat(fd, &st) != 0 || claim(st.st_dev, st.st_ino) != 0))
        rc = EBUSY;
    if (rc) {
        if (env)
            mdb_env_close(env);
        return rc;
    }
    lm->env = env;
    lm->dev = st.st_dev;
    lm->ino = st.st_ino;
    apr_atomic_set32(&lm->looked_sec, (apr_uint32_t)apr_time_sec(apr_time_now()));
    return 0;
}

static int is_broken(int rc)
{
    return rc == MDB_CORRUPTED || rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH || rc == MDB_PAGE_NOTFOUND ||
           rc == MDB_INCOMPATIBLE;
}

int xc_lmdb_env_open(xc_lmdb_t *lm)
{
    apr_status_t rv;
    int lock, rc;

    apr_pool_clear(lm->pool);
    rv = apr_dir_make_recursive(lm->dir, APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE, lm->pool);
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EEXIST(rv))
        return rv;
    lock = guard(lm);
    if (lock < 0)
        return errno ? errno : EACCES;
    judge(lm);
    rc = open_files(lm);
    if (is_broken(rc)) {
        xc_log(lm->log, XC_LOG_ERROR, "store: %s is damaged (%s): moved aside, starting anew", lm->dir, mdb_strerror(rc));
        move_aside(lm);
        rc = open_files(lm);
    }
    close(lock);
    return rc;
}

static void env_drop(xc_lmdb_t *lm)
{
    if (!lm->env)
        return;
    mdb_env_close(lm->env);
    lm->env = NULL;
    unclaim(lm->dev, lm->ino);
}

void xc_lmdb_checkpoint(xc_lmdb_t *lm)
{
    MDB_txn *txn;

    if (!lm->env || lm->synced || exists(lm, "clean"))
        return;
    /* most of the work without the lock; with it no commit slips in between the second sync and the mark */
    if (mdb_env_sync(lm->env, 1) != 0 || mdb_txn_begin(lm->env, NULL, 0, &txn) != 0)
        return;
    if (mdb_env_sync(lm->env, 1) == 0)
        (void)write_file(lm, "clean", "clean\n");
    mdb_txn_abort(txn);
}

static int still_there(const xc_lmdb_t *lm)
{
    char path[4096];
    struct stat st;

    return stat(path_of(path, sizeof(path), lm, "data.mdb"), &st) == 0 && st.st_dev == lm->dev && st.st_ino == lm->ino &&
           exists(lm, "lock.mdb");
}

void xc_lmdb_env_close(xc_lmdb_t *lm)
{
    if (lm->env && still_there(lm))
        xc_lmdb_checkpoint(lm);
    env_drop(lm);
}

/* ---- repairs; all with lm->lock held for writing ---- */

static void reopen(xc_lmdb_t *lm)
{
    int rc;

    env_drop(lm);
    rc = xc_lmdb_env_open(lm);
    apr_atomic_set32(&lm->tried_sec, (apr_uint32_t)apr_time_sec(apr_time_now()));
    if (rc && xc_store_may_warn(lm->store))
        xc_log(lm->log, XC_LOG_WARNING, "store: %s cannot be opened (%s): going on in memory", lm->dir, mdb_strerror(rc));
}

static void renew(xc_lmdb_t *lm, int why)
{
    int lock = guard(lm);

    if (lock >= 0) {
        /* another process may have done it already: then its files are not ours to move */
        if (still_there(lm)) {
            xc_log(lm->log, XC_LOG_ERROR, "store: %s is damaged (%s): moved aside, starting anew", lm->dir, mdb_strerror(why));
            move_aside(lm);
        }
        close(lock);
    }
    reopen(lm);
}

/* ---- the runner ---- */

static apr_uint32_t seconds(void)
{
    return (apr_uint32_t)apr_time_sec(apr_time_now());
}

/** With lm->lock held for reading: may the environment be used? */
static int usable(xc_lmdb_t *lm, int write)
{
    apr_uint32_t now = seconds();

    if (!lm->env)
        return 0;
    /* what is written must not go to a file that is no longer there; readers look once a second */
    if (!write && apr_atomic_read32(&lm->looked_sec) == now)
        return 1;
    if (!still_there(lm))
        return 0;
    apr_atomic_set32(&lm->looked_sec, now);
    return 1;
}

static int remove_clean_mark(xc_lmdb_t *lm)
{
    char path[4096];

    if (!exists(lm, "clean"))
        return 0;
    if (unlink(path_of(path, sizeof(path), lm, "clean")) != 0 && errno != ENOENT)
        return errno;
    sync_dir(lm);
    return 0;
}

static int attempt(xc_lmdb_t *lm, int write, xc_lmdbfn_t fn, void *ctx)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(lm->env, NULL, write ? 0 : MDB_RDONLY, &txn);

    if (rc)
        return rc;
    rc = fn(ctx, txn, lm);
    if (rc || !write) {
        mdb_txn_abort(txn);
        return rc == XC_LMDB_ABORT ? 0 : rc;
    }
    rc = remove_clean_mark(lm);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn);
}

static void repair(xc_lmdb_t *lm, int rc)
{
    int dead;

    if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) {
        xc_lmdb_make_room(lm, 700);
        return;
    }
    apr_thread_rwlock_wrlock(lm->lock);
    if (!lm->env || !still_there(lm)) {
        if (seconds() - apr_atomic_read32(&lm->tried_sec) >= REOPEN_SEC || lm->env)
            reopen(lm);
    }
    else if (rc == MDB_READERS_FULL) {
        (void)mdb_reader_check(lm->env, &dead);
    }
    else if (rc == MDB_MAP_RESIZED) {
        (void)mdb_env_set_mapsize(lm->env, 0);
    }
    else if (is_broken(rc)) {
        renew(lm, rc);
    }
    else {
        /* MDB_PANIC: this process's view is spoilt (a commit failed half-way), the file need not be */
        reopen(lm);
    }
    apr_thread_rwlock_unlock(lm->lock);
}

static int worth_repeating(int rc)
{
    return rc == XC_LMDB_GONE || rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == MDB_READERS_FULL || rc == MDB_MAP_RESIZED || rc == MDB_PANIC ||
           rc == MDB_BAD_DBI || is_broken(rc);
}

int xc_lmdb_once(xc_lmdb_t *lm, int write, xc_lmdbfn_t fn, void *ctx)
{
    int rc;

    apr_thread_rwlock_rdlock(lm->lock);
    rc = usable(lm, write) ? attempt(lm, write, fn, ctx) : XC_LMDB_GONE;
    apr_thread_rwlock_unlock(lm->lock);
    return rc;
}

int xc_lmdb_run(xc_lmdb_t *lm, int write, xc_lmdbfn_t fn, void *ctx)
{
    int i, rc = 0, full = 0;

    for (i = 0; i < ATTEMPTS; i++) {
        rc = xc_lmdb_once(lm, write, fn, ctx);
        if (rc == 0)
            return 0;
        if (!worth_repeating(rc))
            break;
        /* room is made once; what does not fit then does not fit */
        if ((rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) && full++)
            break;
        repair(lm, rc);
    }
    if (xc_store_may_warn(lm->store))
        xc_log(lm->log, XC_LOG_WARNING, "store: %s: %s; going on in memory", lm->dir,
               rc == XC_LMDB_GONE ? "cannot be opened" : mdb_strerror(rc));
    return -1;
}
