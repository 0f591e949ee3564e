/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/object_priv.h"
const xc_zone_t *xc_object_zone(const xc_object_t *obj, const char *tzid)
{
    const xc_zone_t *zone = obj->zones ? apr_hash_get(obj->zones, tzid, APR_HASH_KEY_STRING) : NULL;
    return zone ? zone : xc_zone_find(tzid);
}
