/* SPDX-License-Identifier: Apache-2.0 */
/** @file fuzz.h  What every fuzz target has: one function that must survive any input. */
#ifndef XC_FUZZ_H
#define XC_FUZZ_H

#include <apr_general.h>
#include <apr_pools.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A pool for one input, made from one that lives as long as the program. Destroy it at the end. */
static inline apr_pool_t *fuzz_pool(void (*once)(apr_pool_t *process))
{
    static apr_pool_t *process;
    apr_pool_t *pool;
    if (!process) {
        apr_initialize();
        atexit(apr_terminate); /* else the leak checker finds what lives as long as the program */
        apr_pool_create(&process, NULL);
        if (once)
            once(process);
    }
    apr_pool_create(&pool, process);
    return pool;
}

#endif
