/* SPDX-License-Identifier: Apache-2.0 */
/* The Windows zones of the process: found by id, derived at first use. */
#include <string.h>
#include <strings.h>

#include <apr_allocator.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <libxml/parser.h>

#include "zones/zone_table.h"

/* how many custom zones lab_zone_from_text() remembers; more are an attack or a leak */
#define MAX_TEXTS 4096

static struct {
    apr_pool_t *pool;
    apr_thread_mutex_t *lock;
    const lab_zone_t **zones; /* by row; NULL until first asked for */
    apr_hash_t *texts;        /* custom zones by their text */
    const lab_zone_t *utc;
} table;

static apr_status_t forget_table(void *unused)
{
    (void)unused;
    memset(&table, 0, sizeof(table));
    return APR_SUCCESS;
}

/* Under the lock. A zone without a file in the database (a system with a reduced one) is
 * taken at its standard offset as the display name says it. */
static const lab_zone_t *derive_row(int row)
{
    lab_zone_t *zone = apr_pcalloc(table.pool, sizeof(*zone));
    const lab_zone_step_t *steps;
    lab_zone_step_t only = {0, 0};
    apr_pool_t *scratch;
    int nsteps;

    zone->id = lab_zone_rows[row].id;
    zone->name = lab_zone_rows[row].name;
    apr_pool_create(&scratch, table.pool);
    if (lab_tzif_read(lab_zone_rows[row].iana, &steps, &nsteps, scratch) != APR_SUCCESS) {
        int h, m;
        const char *p = zone->name + 4;

        if ((*p == '+' || *p == '-') && strlen(p) > 6) {
            h = (p[1] - '0') * 10 + (p[2] - '0');
            m = (p[4] - '0') * 10 + (p[5] - '0');
            only.offset_sec = (*p == '-' ? -1 : 1) * (h * 3600 + m * 60);
        }
        steps = &only;
        nsteps = 1;
    }
    lab_zone_derive(zone, steps, nsteps, table.pool);
    lab_zone_flatten(zone, table.pool);
    apr_pool_destroy(scratch);
    return zone;
}

/* A sub-pool that grows while other threads use the parent: with an allocator of its own it
 * needs no lock but ours. */
static apr_status_t create_own_pool(apr_pool_t **own, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_status_t rv = apr_allocator_create(&allocator);

    if (rv == APR_SUCCESS) {
        rv = apr_pool_create_ex(own, parent, NULL, allocator);
        if (rv != APR_SUCCESS) {
            apr_allocator_destroy(allocator);
        } else {
            apr_allocator_owner_set(allocator, *own);
        }
    }
    return rv;
}

apr_status_t lab_zone_init(apr_pool_t *pool)
{
    const lab_zone_step_t *steps;
    apr_pool_t *own;
    apr_status_t rv;
    int nsteps;

    if (table.pool != NULL) {
        return APR_SUCCESS;
    }
    rv = create_own_pool(&own, pool);
    if (rv == APR_SUCCESS) {
        rv = lab_tzif_read("Etc/UTC", &steps, &nsteps, own);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_thread_mutex_create(&table.lock, APR_THREAD_MUTEX_DEFAULT, own);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    table.zones = apr_pcalloc(own, sizeof(*table.zones) * lab_zone_row_count);
    table.texts = apr_hash_make(own);
    table.pool = own;
    apr_pool_cleanup_register(own, NULL, forget_table, apr_pool_cleanup_null);
    table.utc = lab_zone_find("UTC");
    return APR_SUCCESS;
}

int lab_zone_count(void)
{
    return lab_zone_row_count;
}

const lab_zone_t *lab_zone_at(int i)
{
    const lab_zone_t *zone = __atomic_load_n(&table.zones[i], __ATOMIC_ACQUIRE);

    if (zone == NULL) {
        apr_thread_mutex_lock(table.lock);
        zone = table.zones[i];
        if (zone == NULL) {
            zone = derive_row(i);
            __atomic_store_n(&table.zones[i], zone, __ATOMIC_RELEASE);
        }
        apr_thread_mutex_unlock(table.lock);
    }
    return zone;
}

const lab_zone_t *lab_zone_find(const char *id)
{
    int i;

    for (i = 0; id != NULL && i < lab_zone_row_count; i++) {
        if (strcasecmp(lab_zone_rows[i].id, id) == 0) {
            return lab_zone_at(i);
        }
    }
    return NULL;
}

const lab_zone_t *lab_zone_utc(void)
{
    return table.utc;
}

/* Under the lock. */
static const lab_zone_t *parse_text(const char *text)
{
    const lab_zone_t *zone = NULL;
    const char *error;
    apr_pool_t *own;
    xmlDocPtr doc;

    if (apr_hash_count(table.texts) >= MAX_TEXTS) {
        return NULL;
    }
    doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc == NULL) {
        return NULL;
    }
    apr_pool_create(&own, table.pool);
    if (lab_zone_from_definition(xmlDocGetRootElement(doc), &zone, &error, own) !=
        APR_SUCCESS) {
        zone = NULL;
        apr_pool_destroy(own);
    } else {
        apr_hash_set(table.texts, apr_pstrdup(own, text), APR_HASH_KEY_STRING, zone);
    }
    xmlFreeDoc(doc);
    return zone;
}

const lab_zone_t *lab_zone_from_text(const char *text)
{
    const lab_zone_t *zone;

    if (text == NULL || *text != '<') {
        return lab_zone_find(text);
    }
    apr_thread_mutex_lock(table.lock);
    zone = apr_hash_get(table.texts, text, APR_HASH_KEY_STRING);
    if (zone == NULL) {
        zone = parse_text(text);
    }
    apr_thread_mutex_unlock(table.lock);
    return zone;
}
