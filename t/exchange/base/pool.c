/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pool.h"

#include <apr_allocator.h>

apr_pool_t *lab_pool_own(apr_pool_t *parent)
{
    apr_allocator_t *allocator = NULL;
    apr_pool_t *pool = NULL;
    if (apr_allocator_create(&allocator) != APR_SUCCESS)
        return NULL;
    if (apr_pool_create_ex(&pool, parent, NULL, allocator) != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return NULL;
    }
    apr_allocator_owner_set(allocator, pool);
    return pool;
}
