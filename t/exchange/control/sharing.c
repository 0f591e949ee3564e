/* SPDX-License-Identifier: Apache-2.0 */
#include "control/sharing.h"

#include <string.h>

#include "ews/permission.h"
#include "ews/wunderbar.h"

static bool find_who(const char *login, int *who)
{
    const lab_dir_entry_t *entry = login ? lab_dir_by_login(login) : NULL;
    if (login && !strcasecmp(login, "default"))
        *who = LAB_WHO_DEFAULT;
    else if (login && !strcasecmp(login, "anonymous"))
        *who = LAB_WHO_ANONYMOUS;
    else if (entry)
        *who = lab_mailbox_index(entry);
    else
        return false;
    return true;
}

/* a mailbox, or "public" for the public folders */
static bool find_owner(const char *login, int *mailbox)
{
    *mailbox = lab_dir_public();
    if (login && !strcmp(login, "public"))
        return true;
    return find_who(login, mailbox) && *mailbox >= 0;
}

static lab_folder_t *find_folder(lab_db_t *db, apr_pool_t *pool, int mailbox,
                                 const char *name)
{
    lab_folder_t *folder = lab_folder_distinguished(db, pool, mailbox, name);
    apr_array_header_t *all = lab_folder_all(db, pool, mailbox);
    for (int i = 0; i < all->nelts && !folder; i++)
        if (!strcasecmp(APR_ARRAY_IDX(all, i, lab_folder_t *)->name, name))
            folder = APR_ARRAY_IDX(all, i, lab_folder_t *);
    return folder;
}

const char *lab_share_folder(lab_server_t *lab, const lab_share_t *share,
                             apr_pool_t *pool)
{
    unsigned rights;
    int who, owner;
    if (!find_owner(share->owner, &owner))
        return "owner: no such mailbox";
    if (!find_who(share->user, &who))
        return "user: no such mailbox";
    lab_db_t *db = lab_db_begin(lab->store, true);
    if (!db)
        return "the database cannot be opened";
    lab_folder_t *folder =
        find_folder(db, pool, owner, share->folder ? share->folder : "calendar");
    const char *wrong = folder ? NULL : "folder: no such folder";
    if (folder && !lab_level_rights(share->level ? share->level : "Reviewer",
                                    lab_folder_is_calendar(folder), &rights))
        wrong = "level: no such level";
    if (!wrong) {
        lab_permission_set(db, folder->id, who, rights);
        lab_folder_save(db, folder);
        if (share->link && who >= 0)
            lab_link_add(db, pool, who, folder);
    }
    return lab_db_end(db, !wrong) || wrong ? wrong : "the database refused";
}

const char *lab_share_mailbox(lab_server_t *lab, const char *owner, const char *user,
                              bool on)
{
    const lab_dir_entry_t *whose = owner ? lab_dir_by_login(owner) : NULL;
    const lab_dir_entry_t *who = user ? lab_dir_by_login(user) : NULL;
    if (!whose)
        return "owner: no such mailbox";
    if (!who)
        return "user: no such mailbox";
    lab_db_t *db = lab_db_begin(lab->store, true);
    if (!db)
        return "the database cannot be opened";
    lab_full_access_set(db, lab_mailbox_index(whose), lab_mailbox_index(who), on);
    return lab_db_end(db, true) ? NULL : "the database refused";
}
