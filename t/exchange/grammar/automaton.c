/* SPDX-License-Identifier: Apache-2.0 */
/* A content model as an automaton of positions (Glushkov): what may follow what. */
#include <string.h>

#include "grammar/model.h"

/** What is known of a particle: may it be empty, what may begin it, what may end it. */
typedef struct part_t {
    int is_empty; /* it may be left out */
    apr_uint64_t *first, *last;
} part_t;

typedef struct maker_t {
    lab_gauto_t *a;
    lab_version_t version;
    apr_pool_t *pool; /* scratch */
} maker_t;

static apr_uint64_t *new_set(const maker_t *m)
{
    return apr_pcalloc(m->pool, sizeof(apr_uint64_t) * (apr_size_t)m->a->words);
}

static void add_all(const maker_t *m, apr_uint64_t *to, const apr_uint64_t *from)
{
    int i;

    for (i = 0; i < m->a->words; i++) {
        to[i] |= from[i];
    }
}

static int has(const apr_uint64_t *set, int place)
{
    return (set[place / 64] >> (place % 64) & 1) != 0;
}

/* After each place of `last` may come each of `first`. */
static void join(const maker_t *m, const apr_uint64_t *last, const apr_uint64_t *first)
{
    int place;

    for (place = 0; place < m->a->words * 64; place++) {
        if (has(last, place)) {
            add_all(m, m->a->next + (apr_size_t)(place + 1) * (apr_size_t)m->a->words,
                    first);
        }
    }
}

static part_t make_node(const maker_t *m, const lab_gnode_t *node);

static part_t make_sequence(const maker_t *m, const lab_gnode_t *node)
{
    part_t all = {1, new_set(m), new_set(m)};
    const lab_gnode_t *c;

    for (c = node->children; c != NULL; c = c->next) {
        part_t part;

        if (c->since > m->version) {
            continue;
        }
        part = make_node(m, c);
        join(m, all.last, part.first);
        if (all.is_empty) {
            add_all(m, all.first, part.first);
        }
        if (part.is_empty) {
            add_all(m, all.last, part.last);
        } else {
            all.last = part.last;
        }
        all.is_empty &= part.is_empty;
    }
    return all;
}

static part_t make_choice(const maker_t *m, const lab_gnode_t *node)
{
    part_t all = {0, new_set(m), new_set(m)};
    const lab_gnode_t *c;
    int alternatives = 0;

    for (c = node->children; c != NULL; c = c->next) {
        part_t part;

        if (c->since > m->version) {
            continue;
        }
        part = make_node(m, c);
        add_all(m, all.first, part.first);
        add_all(m, all.last, part.last);
        all.is_empty |= part.is_empty;
        alternatives++;
    }
    all.is_empty |= alternatives == 0;
    return all;
}

static part_t make_node(const maker_t *m, const lab_gnode_t *node)
{
    part_t part;

    if (node->kind == LAB_GNODE_ELEMENT) {
        part.is_empty = 0;
        part.first = new_set(m);
        part.last = new_set(m);
        part.first[node->place / 64] |= (apr_uint64_t)1 << (node->place % 64);
        part.last[node->place / 64] |= (apr_uint64_t)1 << (node->place % 64);
    } else if (node->kind == LAB_GNODE_SEQUENCE) {
        part = make_sequence(m, node);
    } else {
        part = make_choice(m, node);
    }
    if (node->occurs == '*' || node->occurs == '+') {
        join(m, part.last, part.first);
    }
    if (node->occurs == '*' || node->occurs == '?' || m->version >= node->optional_from) {
        part.is_empty = 1;
    }
    return part;
}

lab_gauto_t *lab_gauto_make(const lab_gtype_t *type, lab_version_t version,
                            apr_pool_t *pool)
{
    lab_gauto_t *a = apr_pcalloc(pool, sizeof(*a));
    maker_t m = {a, version, NULL};
    apr_size_t sets = (apr_size_t)type->nplaces + 1;
    part_t all;
    int place;

    a->words = type->nplaces / 64 + 1;
    a->next = apr_pcalloc(pool, sizeof(*a->next) * sets * (apr_size_t)a->words);
    a->is_last = apr_pcalloc(pool, sets);
    apr_pool_create(&m.pool, pool);
    all = make_node(&m, type->content);
    memcpy(a->next, all.first, sizeof(*a->next) * (apr_size_t)a->words);
    a->is_last[0] = (unsigned char)all.is_empty;
    for (place = 0; place < type->nplaces; place++) {
        a->is_last[place + 1] = (unsigned char)has(all.last, place);
    }
    apr_pool_destroy(m.pool);
    return a;
}
