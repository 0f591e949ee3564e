/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bag.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

lab_bag_t *lab_bag_new(apr_pool_t *pool)
{
    lab_bag_t *bag = apr_pcalloc(pool, sizeof *bag);
    bag->pool = pool;
    bag->room = 32;
    bag->entries = apr_palloc(pool, (size_t)bag->room * sizeof *bag->entries);
    return bag;
}

lab_bag_t *lab_bag_copy(apr_pool_t *pool, const lab_bag_t *bag)
{
    lab_bag_t *copy = lab_bag_new(pool);
    for (int i = 0; i < bag->count; i++)
        lab_bag_set(copy, bag->entries[i].name, bag->entries[i].text);
    return copy;
}

static lab_bag_entry_t *find(const lab_bag_t *bag, const char *name)
{
    for (int i = 0; bag && i < bag->count; i++) {
        lab_bag_entry_t *e = &bag->entries[i];
        if (e->name[0] == name[0] && !strcmp(e->name, name))
            return e;
    }
    return NULL;
}

const lab_bag_entry_t *lab_bag_find(const lab_bag_t *bag, const char *name)
{
    return find(bag, name);
}

const char *lab_bag_get(const lab_bag_t *bag, const char *name)
{
    const lab_bag_entry_t *e = find(bag, name);
    return e ? e->text : NULL;
}

static void append(lab_bag_t *bag, const char *name, const char *text)
{
    if (bag->count == bag->room) {
        lab_bag_entry_t *more =
            apr_palloc(bag->pool, (size_t)bag->room * 2 * sizeof *bag->entries);
        memcpy(more, bag->entries, (size_t)bag->count * sizeof *bag->entries);
        bag->entries = more;
        bag->room *= 2;
    }
    bag->entries[bag->count].name = name;
    bag->entries[bag->count++].text = text;
}

void lab_bag_set(lab_bag_t *bag, const char *name, const char *text)
{
    lab_bag_entry_t *e = find(bag, name);
    if (e)
        e->text = text;
    else
        append(bag, name, text);
}

void lab_bag_set_int(lab_bag_t *bag, const char *name, apr_int64_t value)
{
    lab_bag_set(bag, name, apr_psprintf(bag->pool, "%" APR_INT64_T_FMT, value));
}

void lab_bag_remove(lab_bag_t *bag, const char *name)
{
    lab_bag_entry_t *e = find(bag, name);
    if (!e)
        return;
    size_t after = (size_t)(bag->entries + bag->count - (e + 1));
    memmove(e, e + 1, after * sizeof *e);
    bag->count--;
}

apr_int64_t lab_bag_int(const lab_bag_t *bag, const char *name, apr_int64_t otherwise)
{
    const char *text = lab_bag_get(bag, name);
    return text && *text ? apr_strtoi64(text, NULL, 10) : otherwise;
}

bool lab_bag_bool(const lab_bag_t *bag, const char *name, bool otherwise)
{
    const char *text = lab_bag_get(bag, name);
    return text && *text ? *text == '1' || *text == 't' : otherwise;
}

/* per entry: u16 length of the name, u32 length of the text (all ones: absent), then name
 * and text, each with a NUL, in the machine's byte order: the file is this machine's own
 */
const void *lab_bag_pack(apr_pool_t *pool, const lab_bag_t *bag, int *len)
{
    size_t total = 0;
    for (int i = 0; i < bag->count; i++)
        total += 6 + strlen(bag->entries[i].name) + 1 +
                 (bag->entries[i].text ? strlen(bag->entries[i].text) + 1 : 0);
    char *bytes = apr_palloc(pool, total ? total : 1), *p = bytes;
    for (int i = 0; i < bag->count; i++) {
        const lab_bag_entry_t *e = &bag->entries[i];
        apr_uint16_t n = (apr_uint16_t)strlen(e->name);
        apr_uint32_t m = e->text ? (apr_uint32_t)strlen(e->text) : 0xffffffffu;
        memcpy(p, &n, 2);
        memcpy(p + 2, &m, 4);
        memcpy(p + 6, e->name, (size_t)n + 1);
        p += 6 + n + 1;
        if (e->text) {
            memcpy(p, e->text, (size_t)m + 1);
            p += (size_t)m + 1;
        }
    }
    *len = (int)total;
    return bytes;
}

lab_bag_t *lab_bag_unpack(apr_pool_t *pool, const void *bytes, int len)
{
    lab_bag_t *bag = lab_bag_new(pool);
    const char *p = bytes, *end = p + (len > 0 ? len : 0);
    while (end - p >= 7) {
        apr_uint16_t n;
        apr_uint32_t m;
        memcpy(&n, p, 2);
        memcpy(&m, p + 2, 4);
        p += 6;
        size_t text = m == 0xffffffffu ? 0 : (size_t)m + 1;
        if ((size_t)(end - p) < (size_t)n + 1 + text || p[n] != '\0' ||
            (text && p[n + 1 + m] != '\0'))
            break;
        append(bag, p, text ? p + n + 1 : NULL);
        p += n + 1 + text;
    }
    return bag;
}
