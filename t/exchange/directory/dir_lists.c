/* SPDX-License-Identifier: Apache-2.0 */
/* The distribution lists of the directory. */
#include <string.h>
#include <strings.h>

#include "directory/dir.h"

static const char *const team[] = {"alice", "bob", "carol", NULL};
static const char *const rooms[] = {"room1", "room2", NULL};
static const char *const annex[] = {"room2", NULL};

static const lab_dir_list_t lists[] = {
    {"team", "Team Contoso", "team@" LAB_DIR_DOMAIN, team, 0},
    {"rooms", "Rooms", "rooms@" LAB_DIR_DOMAIN, rooms, 1},
    {"annex", "Rooms in the annex", "annex@" LAB_DIR_DOMAIN, annex, 1},
};

int lab_dir_list_count(void)
{
    return (int)(sizeof lists / sizeof lists[0]);
}

const lab_dir_list_t *lab_dir_list_at(int i)
{
    return i >= 0 && i < lab_dir_list_count() ? &lists[i] : NULL;
}

const lab_dir_list_t *lab_dir_list_by_smtp(const char *address)
{
    if (address != NULL && strncasecmp(address, "smtp:", 5) == 0) {
        address += 5;
    }
    for (int i = 0; address != NULL && i < lab_dir_list_count(); i++) {
        if (strcasecmp(lists[i].smtp, address) == 0) {
            return &lists[i];
        }
    }
    return NULL;
}

int lab_dir_list_matches(const lab_dir_list_t *list, const char *text)
{
    return list->is_rooms == 0 && *text != '\0' &&
           (strncasecmp(list->alias, text, strlen(text)) == 0 ||
            strncasecmp(list->display_name, text, strlen(text)) == 0);
}
