/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A property bag, as a mailbox store keeps an item: names and texts. Binary values are
 * kept in base64, times as microseconds since 1970 in decimal. A few dozen entries at
 * most are usual, so it is a plain list.
 */
#ifndef LAB_BAG_H
#define LAB_BAG_H

#include <apr_pools.h>
#include <apr_time.h>
#include <stdbool.h>

typedef struct lab_bag_entry {
    const char *name;
    const char *text; /* NULL: explicitly absent (in the bag of an exception) */
} lab_bag_entry_t;

typedef struct lab_bag {
    lab_bag_entry_t *entries;
    int count;
    int room;
    apr_pool_t *pool;
} lab_bag_t;

lab_bag_t *lab_bag_new(apr_pool_t *pool);
/* A copy whose list is its own; the texts are shared. */
lab_bag_t *lab_bag_copy(apr_pool_t *pool, const lab_bag_t *bag);
/* The entry or NULL. */
const lab_bag_entry_t *lab_bag_find(const lab_bag_t *bag, const char *name);
/* The text, NULL when absent. */
const char *lab_bag_get(const lab_bag_t *bag, const char *name);
/* Sets a text; name and text must live as long as the bag. A NULL text is kept as
 * "absent". */
void lab_bag_set(lab_bag_t *bag, const char *name, const char *text);
void lab_bag_set_int(lab_bag_t *bag, const char *name, apr_int64_t value);
/* Takes an entry out. */
void lab_bag_remove(lab_bag_t *bag, const char *name);
apr_int64_t lab_bag_int(const lab_bag_t *bag, const char *name, apr_int64_t otherwise);
bool lab_bag_bool(const lab_bag_t *bag, const char *name, bool otherwise);
/* The bag as bytes for the database, on `pool`. */
const void *lab_bag_pack(apr_pool_t *pool, const lab_bag_t *bag, int *len);
/* The reverse: bytes that pack() made; anything malformed ends the list. The bytes must
 * live as long as the bag. */
lab_bag_t *lab_bag_unpack(apr_pool_t *pool, const void *bytes, int len);

#endif
