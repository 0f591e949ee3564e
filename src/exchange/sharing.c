/* SPDX-License-Identifier: Apache-2.0 */
/* The levels of calendar permissions ([MS-OXCPERM] 2.2.7 and the levels of EWS's CalendarPermissionLevelType). */
#include "exchange/sharing.h"

#include <string.h>

static const struct {
    const char *level;
    xc_grants_t grants;
} levels[] = {
    /* items, folders, owner, visible, edit, remove, sees */
    {"None", {0, 0, 0, 0, XC_EXTENT_NONE, XC_EXTENT_NONE, XC_SEES_NOTHING}},
    {"Owner", {1, 1, 1, 1, XC_EXTENT_ALL, XC_EXTENT_ALL, XC_SEES_ALL}},
    {"PublishingEditor", {1, 1, 0, 1, XC_EXTENT_ALL, XC_EXTENT_ALL, XC_SEES_ALL}},
    {"Editor", {1, 0, 0, 1, XC_EXTENT_ALL, XC_EXTENT_ALL, XC_SEES_ALL}},
    {"PublishingAuthor", {1, 1, 0, 1, XC_EXTENT_OWNED, XC_EXTENT_OWNED, XC_SEES_ALL}},
    {"Author", {1, 0, 0, 1, XC_EXTENT_OWNED, XC_EXTENT_OWNED, XC_SEES_ALL}},
    {"NoneditingAuthor", {1, 0, 0, 1, XC_EXTENT_NONE, XC_EXTENT_OWNED, XC_SEES_ALL}},
    {"Reviewer", {0, 0, 0, 1, XC_EXTENT_NONE, XC_EXTENT_NONE, XC_SEES_ALL}},
    {"Contributor", {1, 0, 0, 1, XC_EXTENT_NONE, XC_EXTENT_NONE, XC_SEES_NOTHING}},
    {"FreeBusyTimeOnly", {0, 0, 0, 0, XC_EXTENT_NONE, XC_EXTENT_NONE, XC_SEES_TIME}},
    {"FreeBusyTimeAndSubjectAndLocation", {0, 0, 0, 0, XC_EXTENT_NONE, XC_EXTENT_NONE, XC_SEES_TIME_AND_SUBJECT}},
};
#define LEVELS (sizeof levels / sizeof *levels)

int xc_sharing_level_grants(xc_grants_t *out, const char *level)
{
    for (size_t i = 0; i < LEVELS; i++) {
        if (strcmp(levels[i].level, level) == 0) {
            *out = levels[i].grants;
            return 1;
        }
    }
    return 0;
}

const char *xc_sharing_level_of(const xc_grants_t *g)
{
    for (size_t i = 0; i < LEVELS; i++) {
        const xc_grants_t *l = &levels[i].grants;
        if (l->create_items == g->create_items && l->create_folders == g->create_folders && l->is_owner == g->is_owner &&
            l->is_visible == g->is_visible && l->edit == g->edit && l->remove == g->remove && l->sees == g->sees)
            return levels[i].level;
    }
    return "Custom";
}
