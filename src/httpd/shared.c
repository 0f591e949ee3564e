/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that all children share: key, counters, breaker. It belongs to the process pool, not to
 * the configuration: a graceful restart finds it again, and children of both generations use the same.
 */
#include "httpd/glue.h"

#include <apr_atomic.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <string.h>

/* Retained over restarts; the size in its name lets a new version of the module begin anew. */
typedef struct retained_t {
    apr_shm_t *shm;
} retained_t;

static xc_shared_t *shared; /* set in each generation's post_config */

#define TABLE_AT APR_ALIGN(sizeof(xc_shared_t), 64)

apr_status_t xc_shared_prepare(server_rec *s, apr_pool_t *ptemp)
{
    apr_size_t size = TABLE_AT + xc_breaker_size();
    const char *name = apr_psprintf(ptemp, "excal-shared-%" APR_SIZE_T_FMT, size);
    retained_t *kept = ap_retained_data_get(name);
    apr_status_t rv;

    if (!kept)
        kept = ap_retained_data_create(apr_pstrdup(s->process->pool, name), sizeof(*kept));
    if (!kept->shm) {
        rv = apr_shm_create(&kept->shm, size, NULL, s->process->pool);
        if (rv != APR_SUCCESS)
            return rv;
        shared = apr_shm_baseaddr_get(kept->shm);
        memset(shared, 0, size);
        shared->started = apr_time_now();
        rv = apr_generate_random_bytes(shared->key, sizeof(shared->key));
        if (rv != APR_SUCCESS) {
            apr_shm_destroy(kept->shm);
            kept->shm = NULL;
            shared = NULL;
            return rv;
        }
    }
    shared = apr_shm_baseaddr_get(kept->shm);
    return APR_SUCCESS;
}

xc_shared_t *xc_shared(void)
{
    return shared;
}

xc_breaker_t *xc_shared_breaker(void)
{
    return shared ? xc_breaker_at((char *)shared + TABLE_AT) : NULL;
}

/* The row of an operation; NULL when the table is full. */
static xc_label_count_t *label_row(const char *name)
{
    int i;

    for (i = 0; i < XC_LABELS; i++) {
        xc_label_count_t *row = &shared->labels[i];
        if (apr_atomic_read32(&row->taken) == 2) {
            if (strncmp(row->name, name, XC_LABEL_BYTES - 1) == 0)
                return row;
            continue;
        }
        if (apr_atomic_cas32(&row->taken, 1, 0) != 0)
            continue; /* somebody writes a name there: at worst it has two rows */
        apr_cpystrn(row->name, name, XC_LABEL_BYTES);
        apr_atomic_set32(&row->taken, 2);
        return row;
    }
    return NULL;
}

void xc_shared_observe(void *ctx, const xc_net_request_t *request, const xc_net_response_t *response)
{
    xc_label_count_t *row;

    (void)ctx;
    if (!shared || !(row = label_row(request->label ? request->label : request->method)))
        return;
    apr_atomic_inc64(&row->calls);
    apr_atomic_add64(&row->usec, (apr_uint64_t)response->spent);
    if (response->error || response->status >= 500)
        apr_atomic_inc64(&row->errors);
}
