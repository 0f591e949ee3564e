/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of zone names and how a name becomes a zone. Names come from the tz database's own list
 * and from ICU; a client's TZID is only ever looked up, and files are opened by the table's names.
 */
#include "cal/zone.h"

#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "cal/object/object_priv.h"
#include "cal/zone/zone_priv.h"

#define MAX_FILE (1 << 20)
#define MAX_TZID 255
#define MAX_LINKS 4

typedef struct entry_t {
    const char *name;
    const char *link;        /* the name this one stands for in the tz database, NULL = none */
    const xc_zone_t *zone;   /* read and written atomically; NULL = not loaded */
    int tried;               /* loading failed before; under the lock */
} entry_t;

static struct {
    apr_pool_t *pool;        /* a sub-pool of its own: grows under the lock */
    apr_thread_mutex_t *lock;
    const char *dir;
    apr_hash_t *names;       /* lower-case name -> entry_t * */
    apr_hash_t *windows;     /* lower-case Windows id -> xc_winzone_t * */
    apr_hash_t *others;      /* lower-case display name or older id -> IANA name */
    const xc_zone_t **win_zone; /* by row of xc_winzones, atomic */
    const xc_zone_t *utc;
} table;

static const char *const tz_dirs[] = {"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"};

/* ---- files ---- */

static const char *read_file(const char *path, apr_size_t *len, apr_pool_t *pool)
{
    apr_file_t *f;
    apr_finfo_t info;
    char *data;

    if (apr_file_open(&f, path, APR_FOPEN_READ | APR_FOPEN_BINARY, 0, pool) != APR_SUCCESS)
        return NULL;
    if (apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_TYPE, f) != APR_SUCCESS || info.filetype != APR_REG || info.size > MAX_FILE) {
        apr_file_close(f);
        return NULL;
    }
    *len = (apr_size_t)info.size;
    data = apr_palloc(pool, *len + 1);
    if (apr_file_read_full(f, data, *len, NULL) != APR_SUCCESS)
        data = NULL;
    else
        data[*len] = '\0';
    apr_file_close(f);
    return data;
}

/* A name that may be joined to the directory: letters, digits, "_+-" and single slashes within. */
static int is_plain_name(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (!apr_isalnum(*p) && !strchr("_+-/", *p))
            return 0;
        if (*p == '/' && (p == name || p[1] == '/' || p[1] == '\0'))
            return 0;
    }
    return *name && strlen(name) <= 64;
}

static char *lower(const char *s, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, s);
    for (char *p = out; *p; p++)
        *p = (char)apr_tolower(*p);
    return out;
}

/* ---- ICU ---- */

static const char *from_uchar(const UChar *u, int32_t n, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, (apr_size_t)n + 1);
    u_UCharsToChars(u, out, n);
    out[n] = '\0';
    return out;
}

static int to_uchar(const char *s, UChar out[MAX_TZID + 1])
{
    apr_size_t n = strlen(s);
    if (n > MAX_TZID)
        return 0;
    for (const char *p = s; *p; p++) {
        if ((unsigned char)*p >= 0x7f)
            return 0;
    }
    u_charsToUChars(s, out, (int32_t)n + 1);
    return 1;
}

/* ICU's canonical name, NULL when it does not know the name. */
static const char *icu_canonical(const char *name, apr_pool_t *pool)
{
    UChar in[MAX_TZID + 1], out[MAX_TZID + 1];
    UErrorCode err = U_ZERO_ERROR;
    UBool system_id = 0;
    int32_t n;

    if (!to_uchar(name, in))
        return NULL;
    n = ucal_getCanonicalTimeZoneID(in, -1, out, MAX_TZID, &system_id, &err);
    return U_SUCCESS(err) && system_id && n > 0 ? from_uchar(out, n, pool) : NULL;
}

static const char *icu_windows(const char *name, apr_pool_t *pool)
{
    UChar in[MAX_TZID + 1], out[MAX_TZID + 1];
    UErrorCode err = U_ZERO_ERROR;
    int32_t n;

    if (!to_uchar(name, in))
        return NULL;
    n = ucal_getWindowsTimeZoneID(in, -1, out, MAX_TZID, &err);
    return U_SUCCESS(err) && n > 0 ? from_uchar(out, n, pool) : NULL;
}

static const char *icu_from_windows(const char *id, const char *territory, apr_pool_t *pool)
{
    UChar in[MAX_TZID + 1], out[MAX_TZID + 1];
    UErrorCode err = U_ZERO_ERROR;
    int32_t n;

    if (!to_uchar(id, in))
        return NULL;
    n = ucal_getTimeZoneIDForWindowsID(in, -1, territory, out, MAX_TZID, &err);
    return U_SUCCESS(err) && n > 0 ? from_uchar(out, n, pool) : NULL;
}

/* ---- names to zones ---- */

static entry_t *entry_find(const char *name, apr_pool_t *pool)
{
    return strlen(name) > MAX_TZID ? NULL : apr_hash_get(table.names, lower(name, pool), APR_HASH_KEY_STRING);
}

/*
 * The entry whose zone a name stands for. A link of the tz database is followed unless ICU keeps both
 * names apart: Zagreb and Belgrade share their rules but not their Windows id.
 */
static entry_t *entry_resolve(entry_t *e, apr_pool_t *pool)
{
    for (int i = 0; e->link && i < MAX_LINKS; i++) {
        const char *a = icu_canonical(e->name, pool), *b = icu_canonical(e->link, pool);
        entry_t *next = entry_find(e->link, pool);
        if (!next || (a && b && strcmp(a, b) != 0))
            break;
        e = next;
    }
    return e;
}

/* The Windows id of a zone: ICU by name, by the names it links to; else the zone of equal rules. */
static const char *find_windows(entry_t *e, const xc_zone_t *zone, apr_pool_t *tmp)
{
    const char *id = icu_windows(e->name, tmp);

    for (apr_hash_index_t *hi = apr_hash_first(tmp, table.names); hi && !id; hi = apr_hash_next(hi)) {
        entry_t *other = apr_hash_this_val(hi);
        if (other->link && strcmp(other->link, e->name) == 0)
            id = icu_windows(other->name, tmp);
    }
    if (!id && e->link)
        id = icu_windows(e->link, tmp);
    if (!id) {
        apr_int64_t now = apr_time_sec(apr_time_now());
        const xc_zone_t *same = xc_zone_match(zone, now - 366 * 86400LL, now + 4 * 366 * 86400LL);
        id = same ? same->windows : NULL;
    }
    return id;
}

static const xc_zone_t *load_locked(entry_t *e)
{
    apr_pool_t *tmp;
    apr_size_t len = 0;
    xc_zone_t *zone;

    if (e->zone || e->tried)
        return e->zone;
    e->tried = 1;
    apr_pool_create(&tmp, table.pool);
    const char *data = is_plain_name(e->name) ? read_file(apr_pstrcat(tmp, table.dir, "/", e->name, NULL), &len, tmp) : NULL;
    if (!data && e->link && is_plain_name(e->link))
        data = read_file(apr_pstrcat(tmp, table.dir, "/", e->link, NULL), &len, tmp);
    zone = apr_pcalloc(table.pool, sizeof(*zone));
    zone->id = e->name;
    if (data && xc_tzif_read(zone, data, len, table.pool)) {
        zone->windows = apr_pstrdup(table.pool, find_windows(e, zone, tmp));
        __atomic_store_n(&e->zone, zone, __ATOMIC_RELEASE);
    }
    apr_pool_destroy(tmp);
    return e->zone;
}

static const xc_zone_t *zone_by_name(const char *name)
{
    apr_pool_t *tmp;
    entry_t *e;
    const xc_zone_t *zone = NULL;
    char key[MAX_TZID + 1];
    apr_size_t n = strlen(name);

    if (n == 0 || n > MAX_TZID)
        return NULL;
    for (apr_size_t i = 0; i <= n; i++)
        key[i] = (char)apr_tolower(name[i]);
    e = apr_hash_get(table.names, key, (apr_ssize_t)n);
    if (!e)
        return NULL;
    zone = __atomic_load_n(&e->zone, __ATOMIC_ACQUIRE);
    if (zone)
        return zone;
    apr_thread_mutex_lock(table.lock);
    apr_pool_create(&tmp, table.pool);
    entry_t *real = entry_resolve(e, tmp);
    zone = load_locked(real);
    if (zone && real != e)
        __atomic_store_n(&e->zone, zone, __ATOMIC_RELEASE);
    apr_pool_destroy(tmp);
    apr_thread_mutex_unlock(table.lock);
    return zone;
}

static const xc_zone_t *zone_by_window_row(int row)
{
    const xc_zone_t *zone = __atomic_load_n(&table.win_zone[row], __ATOMIC_ACQUIRE);
    apr_pool_t *tmp;

    if (zone)
        return zone;
    apr_thread_mutex_lock(table.lock);
    apr_pool_create(&tmp, table.pool);
    const char *iana = icu_from_windows(xc_winzones[row].id, "001", tmp);
    zone = iana ? zone_by_name(iana) : NULL;
    if (!zone)
        zone = zone_by_name(xc_winzones[row].iana);
    __atomic_store_n(&table.win_zone[row], zone, __ATOMIC_RELEASE);
    apr_pool_destroy(tmp);
    apr_thread_mutex_unlock(table.lock);
    return zone;
}

const xc_zone_t *xc_zone_from_windows(const char *windows_id, const char *territory)
{
    char key[MAX_TZID + 1];
    apr_size_t n = windows_id ? strlen(windows_id) : 0;
    static const char daylight[] = " daylight time";
    const xc_zone_t *zone = NULL;

    if (n == 0 || n > MAX_TZID)
        return NULL;
    for (apr_size_t i = 0; i <= n; i++)
        key[i] = (char)apr_tolower(windows_id[i]);
    /* OWA names a zone by the half of the year in which it was chosen */
    if (n > sizeof(daylight) && strcmp(key + n - (sizeof(daylight) - 1), daylight) == 0)
        memcpy(key + n - (sizeof(daylight) - 1), " standard time", sizeof(daylight) - 1);
    const xc_winzone_t *row = apr_hash_get(table.windows, key, APR_HASH_KEY_STRING);
    if (!row) {
        const char *iana = apr_hash_get(table.others, key, APR_HASH_KEY_STRING);
        return iana && (strstr(key, "standard time") || strstr(key, "universal time")) ? zone_by_name(iana) : NULL;
    }
    if (territory && *territory && strcmp(territory, "001") != 0) {
        apr_pool_t *tmp;
        apr_thread_mutex_lock(table.lock);
        apr_pool_create(&tmp, table.pool);
        const char *iana = icu_from_windows(row->id, territory, tmp);
        zone = iana ? zone_by_name(iana) : NULL;
        apr_pool_destroy(tmp);
        apr_thread_mutex_unlock(table.lock);
        if (zone && (!zone->windows || strcmp(zone->windows, row->id) != 0))
            zone = NULL;
    }
    return zone ? zone : zone_by_window_row((int)(row - xc_winzones));
}

const xc_zone_t *xc_zone_match(const xc_zone_t *zone, apr_int64_t from, apr_int64_t to)
{
    for (int i = 0; i < xc_winzones_count; i++) {
        const xc_zone_t *other = zone_by_window_row(i);
        if (other && other->windows && other != zone && xc_zone_same_rules(zone, other, from, to))
            return other;
    }
    return NULL;
}

const xc_zone_t *xc_zone_from_cdo(int id)
{
    return id >= 0 && id <= 51 ? zone_by_name(xc_cdo_names[id].iana) : NULL;
}

/* "UTC+02:00", "GMT-3": whole hours east of UTC, as people write it (the opposite of Etc/GMT+3). */
static const xc_zone_t *zone_by_offset(const char *tzid)
{
    int hours = 0, digits = 0;
    char name[16];

    if (strncasecmp(tzid, "UTC", 3) != 0 && strncasecmp(tzid, "GMT", 3) != 0)
        return NULL;
    const char *p = tzid + 3;
    char sign = *p;
    if (sign != '+' && sign != '-')
        return NULL;
    for (p++; apr_isdigit(*p) && digits < 2; p++, digits++)
        hours = hours * 10 + (*p - '0');
    if (*p == ':')
        p++;
    if (digits == 0 || (*p && strcmp(p, "00") != 0) || hours > 14 || (hours > 12 && sign == '-'))
        return NULL;
    if (hours == 0)
        return table.utc;
    apr_snprintf(name, sizeof(name), "Etc/GMT%c%d", sign == '+' ? '-' : '+', hours);
    return zone_by_name(name);
}

/* "(GMT+01.00) Berlin/Stockholm/…": by what follows the parenthesis. */
static const xc_zone_t *zone_by_display(const char *tzid)
{
    const char *p = strchr(tzid, ')');

    if (*tzid != '(' || !p || (strncasecmp(tzid + 1, "GMT", 3) != 0 && strncasecmp(tzid + 1, "UTC", 3) != 0))
        return NULL;
    p++;
    while (*p == ' ')
        p++;
    for (int i = 0; i < xc_winzones_count; i++) {
        if (strcasecmp(p, xc_winzones[i].cities) == 0)
            return zone_by_window_row(i);
    }
    for (int i = 0; i < xc_cdo_names_count; i++) {
        if (strcasecmp(p, xc_cdo_names[i].name) == 0)
            return zone_by_name(xc_cdo_names[i].iana);
    }
    return NULL;
}

/* "/mozilla.org/20050126_1/Europe/Berlin": the longest tail of at most three parts that is a name. */
static const xc_zone_t *zone_by_tail(const char *tzid)
{
    const xc_zone_t *zone = NULL;
    int parts = 0;

    for (const char *p = tzid + strlen(tzid); p > tzid && parts < 3; p--) {
        if (p[-1] == '/') {
            const xc_zone_t *z = zone_by_name(p);
            parts++;
            zone = z ? z : zone;
        }
    }
    return zone;
}

const xc_zone_t *xc_zone_find(const char *tzid)
{
    const xc_zone_t *zone;

    if (!tzid || !*tzid || strlen(tzid) > MAX_TZID)
        return NULL;
    if ((zone = zone_by_name(tzid)) || (zone = xc_zone_from_windows(tzid, NULL)))
        return zone;
    if (*tzid == '(')
        return zone_by_display(tzid);
    if ((zone = zone_by_offset(tzid)))
        return zone;
    return strchr(tzid, '/') ? zone_by_tail(tzid) : NULL;
}

const xc_zone_t *xc_zone_utc(void)
{
    return table.utc;
}

const char *xc_zone_id(const xc_zone_t *zone)
{
    return zone->id;
}

const char *xc_zone_windows_id(const xc_zone_t *zone)
{
    return zone->windows;
}

#define FAR_AHEAD apr_time_from_sec(7258118400) /* 2200: behind the last change that a definition lists */

int xc_zone_same_windows(const xc_zone_t *a, const xc_zone_t *b)
{
    xc_zone_change_t x[2], y[2];
    int n;

    if (a == b || !a || !b)
        return a == b;
    if (a->windows || b->windows)
        return a->windows && b->windows && strcmp(a->windows, b->windows) == 0;
    n = xc_zone_yearly(a, FAR_AHEAD, x);
    return n && n == xc_zone_yearly(b, FAR_AHEAD, y) && memcmp(x, y, sizeof(x)) == 0;
}

/* ---- the table ---- */

static void add_name(const char *name, const char *link)
{
    const char *key = lower(name, table.pool);

    if (apr_hash_get(table.names, key, APR_HASH_KEY_STRING))
        return;
    entry_t *e = apr_pcalloc(table.pool, sizeof(*e));
    e->name = apr_pstrdup(table.pool, name);
    e->link = apr_pstrdup(table.pool, link);
    apr_hash_set(table.names, key, APR_HASH_KEY_STRING, e);
}

/* "Z Europe/Kyiv …" and "L Europe/Kyiv Europe/Kiev" of the compact tz database */
static int add_tzdata_names(apr_pool_t *tmp)
{
    apr_size_t len;
    char *text = (char *)read_file(apr_pstrcat(tmp, table.dir, "/tzdata.zi", NULL), &len, tmp), *last, *word;
    int n = 0;

    if (!text)
        return 0;
    for (char *line = apr_strtok(text, "\n", &last); line; line = apr_strtok(NULL, "\n", &last)) {
        if ((line[0] != 'Z' && line[0] != 'L') || line[1] != ' ')
            continue;
        const char *first = apr_strtok(line + 2, " ", &word);
        const char *second = apr_strtok(NULL, " ", &word);
        if (!first || (line[0] == 'L' && !second))
            continue;
        add_name(line[0] == 'L' ? second : first, line[0] == 'L' ? first : NULL);
        n++;
    }
    return n;
}

/* Names that only ICU has; those without a slash are its own three-letter legacy unless a file has them. */
static void add_icu_names(int with_short, apr_pool_t *tmp)
{
    UErrorCode err = U_ZERO_ERROR;
    UEnumeration *names = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, NULL, NULL, &err);
    const char *name;

    while (U_SUCCESS(err) && (name = uenum_next(names, NULL, &err))) {
        if ((!with_short && !strchr(name, '/')) || entry_find(name, tmp))
            continue;
        const char *canonical = icu_canonical(name, tmp);
        add_name(name, canonical && strcmp(canonical, name) != 0 ? canonical : NULL);
    }
    if (names)
        uenum_close(names);
}

static apr_status_t table_gone(void *data)
{
    (void)data;
    memset(&table, 0, sizeof(table));
    return APR_SUCCESS;
}

xc_error_t *xc_zone_init(apr_pool_t *process_pool)
{
    apr_pool_t *tmp;
    apr_finfo_t info;
    apr_allocator_t *allocator;

    if (table.pool)
        return NULL;
    xc_ical_init();
    apr_pool_create(&tmp, process_pool);
    for (apr_size_t i = 0; i < sizeof(tz_dirs) / sizeof(tz_dirs[0]) && !table.dir; i++) {
        if (apr_stat(&info, apr_pstrcat(tmp, tz_dirs[i], "/Europe/London", NULL), APR_FINFO_TYPE, tmp) == APR_SUCCESS)
            table.dir = tz_dirs[i];
    }
    if (!table.dir)
        return xc_error_make(process_pool, 500, XC_COND_NONE, "the system has no time zone database (tzdata)");
    /* loading happens on any thread: an allocator of its own shares nothing with the parent's users */
    apr_allocator_create(&allocator);
    apr_pool_create_ex(&table.pool, process_pool, NULL, allocator);
    apr_allocator_owner_set(allocator, table.pool);
    apr_pool_cleanup_register(process_pool, NULL, table_gone, apr_pool_cleanup_null);
    apr_thread_mutex_create(&table.lock, APR_THREAD_MUTEX_NESTED, table.pool);
    table.names = apr_hash_make(table.pool);
    table.windows = apr_hash_make(table.pool);
    table.others = apr_hash_make(table.pool);
    table.win_zone = apr_pcalloc(table.pool, sizeof(*table.win_zone) * (apr_size_t)xc_winzones_count);
    add_icu_names(add_tzdata_names(tmp) == 0, tmp);
    for (int i = 0; i < xc_winzones_count; i++)
        apr_hash_set(table.windows, lower(xc_winzones[i].id, table.pool), APR_HASH_KEY_STRING, &xc_winzones[i]);
    for (int i = 0; i < xc_old_windows_names_count; i++)
        apr_hash_set(table.others, lower(xc_old_windows_names[i].name, table.pool), APR_HASH_KEY_STRING, xc_old_windows_names[i].iana);
    apr_pool_destroy(tmp);
    table.utc = zone_by_name("Etc/UTC");
    return table.utc ? NULL : xc_error_make(process_pool, 500, XC_COND_NONE, "the system's time zone database cannot be read");
}
