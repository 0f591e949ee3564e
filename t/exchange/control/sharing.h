/* SPDX-License-Identifier: Apache-2.0 */
/* What POST /lab/share and POST /lab/fullaccess do. */
#ifndef LAB_SHARING_H
#define LAB_SHARING_H

#include "lab.h"

typedef struct lab_share {
    const char *owner;  /* login of the mailbox, or "public" for the public folders */
    const char *user;   /* login, or "default" or "anonymous" */
    const char *level;  /* "Reviewer" ...; NULL for Reviewer */
    const char *folder; /* distinguished name or display name; NULL for the calendar */
    bool link;          /* open it in the user's Outlook, too */
} lab_share_t;

/* Gives a user a level on a folder. NULL, or what is wrong (on `pool`). */
const char *lab_share_folder(lab_server_t *lab, const lab_share_t *share,
                             apr_pool_t *pool);
/* Gives or takes full access to a mailbox. NULL, or what is wrong. */
const char *lab_share_mailbox(lab_server_t *lab, const char *owner, const char *user,
                              bool on);

#endif
