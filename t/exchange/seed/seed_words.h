/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file seed_words.h
 * Inside of the seed generator: chance, and the words that calendars are made of.
 */
#ifndef LAB_SEED_WORDS_H
#define LAB_SEED_WORDS_H

#include <apr_pools.h>

/** A source of chance: the same start gives the same sequence. */
typedef struct lab_chance_t {
    apr_uint64_t state;
} lab_chance_t;

/** The next 64 bits. */
apr_uint64_t lab_chance_next(lab_chance_t *chance);

/** A number from low to high, both included. */
int lab_chance_between(lab_chance_t *chance, int low, int high);

/** 1 in percent of a hundred cases. */
int lab_chance_percent(lab_chance_t *chance, int percent);

/** Fold a text into a number to start from. */
apr_uint64_t lab_chance_hash(apr_uint64_t start, const char *text);

/** A list of words that ends in NULL. */
typedef const char *const lab_words_t[];

extern lab_words_t lab_seed_single_subjects;
extern lab_words_t lab_seed_meeting_subjects;
extern lab_words_t lab_seed_series_subjects;
extern lab_words_t lab_seed_allday_subjects;
extern lab_words_t lab_seed_birthday_names;
extern lab_words_t lab_seed_locations;
extern lab_words_t lab_seed_categories;
extern lab_words_t lab_seed_sentences;
extern lab_words_t lab_seed_zones;

/** One of a list. */
const char *lab_chance_word(lab_chance_t *chance, const char *const *words);

/** A body of a few sentences: plain text with CR LF, or HTML. On pool. */
const char *lab_seed_body(lab_chance_t *chance, int is_html, apr_pool_t *pool);

#endif
