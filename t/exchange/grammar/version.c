/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the generations of Exchange Web Services. */
#include "grammar/version.h"

#include <string.h>

typedef struct version_name_t {
    const char *name;
    lab_version_t version;
} version_name_t;

/* the first name of a generation is the one that servers print */
static const version_name_t names[] = {
    {"Exchange2007", LAB_EXCHANGE_2007},
    {"Exchange2007_SP1", LAB_EXCHANGE_2007_SP1},
    {"Exchange2010", LAB_EXCHANGE_2010},
    {"Exchange2009", LAB_EXCHANGE_2010},
    {"Exchange2010_SP1", LAB_EXCHANGE_2010_SP1},
    {"Exchange2010_SP2", LAB_EXCHANGE_2010_SP2},
    {"Exchange2013", LAB_EXCHANGE_2013},
    {"Exchange2012", LAB_EXCHANGE_2013},
    {"Exchange2013_SP1", LAB_EXCHANGE_2013_SP1},
    {"Exchange2016", LAB_EXCHANGE_2016},
    {"Exchange2015", LAB_EXCHANGE_2016},
    {"V2015_10_05", LAB_EXCHANGE_2016},
    {"V2016_01_06", LAB_EXCHANGE_2016},
    {"V2016_04_13", LAB_EXCHANGE_2016},
    {"V2016_07_13", LAB_EXCHANGE_2016},
    {"V2016_10_10", LAB_EXCHANGE_2016},
    {"V2017_07_11", LAB_EXCHANGE_2019},
    {"V2017_01_07", LAB_EXCHANGE_2019},
    {"V2017_04_14", LAB_EXCHANGE_2019},
};
#define NNAMES (sizeof(names) / sizeof(names[0]))

int lab_version_parse(const char *text, lab_version_t *version)
{
    size_t i;

    for (i = 0; text != NULL && i < NNAMES; i++) {
        if (strcmp(names[i].name, text) == 0) {
            *version = names[i].version;
            return 1;
        }
    }
    return 0;
}

const char *lab_version_name(lab_version_t version)
{
    size_t i;

    for (i = 0; i < NNAMES; i++) {
        if (names[i].version == version) {
            return names[i].name;
        }
    }
    return names[0].name;
}
