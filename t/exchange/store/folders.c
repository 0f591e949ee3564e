/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <apr_strings.h>
#include <string.h>

#include "directory/dir.h"
#include "store/rights.h"

#define COLUMNS                                                                          \
    "id, mailbox, parent, dist, class, name, cn, created_cn, total, committed, "         \
    "created, props"

typedef struct preset {
    const char *dist; /* NULL: has no distinguished name */
    const char *parent, *class_name, *name;
} preset_t;

/* what a new mailbox has, parents first */
static const preset_t presets[] = {
    {"root", NULL, "", ""},
    {"msgfolderroot", "root", "", "Top of Information Store"},
    {"searchfolders", "root", "", "Finder"},
    {NULL, "root", "", LAB_COMMON_VIEWS},
    {"calendar", "msgfolderroot", "IPF.Appointment", "Calendar"},
    {"contacts", "msgfolderroot", "IPF.Contact", "Contacts"},
    {"deleteditems", "msgfolderroot", "IPF.Note", "Deleted Items"},
    {"drafts", "msgfolderroot", "IPF.Note", "Drafts"},
    {"inbox", "msgfolderroot", "IPF.Note", "Inbox"},
    {"journal", "msgfolderroot", "IPF.Journal", "Journal"},
    {"junkemail", "msgfolderroot", "IPF.Note", "Junk Email"},
    {"notes", "msgfolderroot", "IPF.StickyNote", "Notes"},
    {"outbox", "msgfolderroot", "IPF.Note", "Outbox"},
    {"sentitems", "msgfolderroot", "IPF.Note", "Sent Items"},
    {"tasks", "msgfolderroot", "IPF.Task", "Tasks"},
};

/* the public folders; a parent without distinguished name is meant by its own */
static const preset_t public_presets[] = {
    {"root", NULL, "", ""},
    {"publicfoldersroot", "root", "", "IPM_SUBTREE"},
    {NULL, "publicfoldersroot", "IPF.Appointment", "All Staff"},
    {NULL, "All Staff", "IPF.Appointment", "Holidays"},
    {NULL, "publicfoldersroot", "IPF.Appointment", "Board"},
    {NULL, "publicfoldersroot", "IPF.Note", "Projects"},
    {NULL, "Projects", "IPF.Appointment", "Releases"},
};

#define READER (LAB_CAN_READ | LAB_CAN_SEE)
#define AUTHOR (READER | LAB_CAN_CREATE | LAB_CAN_EDIT_OWN | LAB_CAN_DELETE_OWN)
#define EDITOR (AUTHOR | LAB_CAN_EDIT_ANY | LAB_CAN_DELETE_ANY)
#define BUSY   (LAB_BUSY_TIME | LAB_BUSY_DETAILS)

/* whom new folders are open to: all that others see of a mailbox is when it is busy */
static const struct {
    const char *name;
    bool is_public;
    const char *who; /* alias; NULL for Default */
    unsigned rights;
} grants[] = {
    {"Calendar", false, NULL, LAB_BUSY_TIME}, {"IPM_SUBTREE", true, NULL, READER},
    {"All Staff", true, NULL, AUTHOR | BUSY}, {"All Staff", true, "alice", LAB_CAN_ALL},
    {"Holidays", true, NULL, READER | BUSY},  {"Holidays", true, "alice", LAB_CAN_ALL},
    {"Board", true, "erin", LAB_CAN_ALL},     {"Projects", true, NULL, READER},
    {"Releases", true, NULL, EDITOR | BUSY},
};

static void grant(lab_db_t *db, const lab_folder_t *folder)
{
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++) {
        int who = LAB_WHO_DEFAULT;
        if (strcmp(grants[i].name, folder->name) ||
            grants[i].is_public != (folder->mailbox == lab_dir_public()))
            continue;
        for (int m = 0; grants[i].who && m < lab_dir_count(); m++)
            if (!strcmp(lab_dir_at(m)->alias, grants[i].who))
                who = m;
        lab_permission_set(db, folder->id, who, grants[i].rights);
    }
}

apr_int64_t lab_store_next_cn(lab_db_t *db, int mailbox)
{
    return lab_db_number(db, 0, "UPDATE mailboxes SET cn=cn+1 WHERE id=? RETURNING cn",
                         "d", mailbox);
}

apr_int64_t lab_store_cn(lab_db_t *db, int mailbox)
{
    return lab_db_number(db, 0, "SELECT cn FROM mailboxes WHERE id=?", "d", mailbox);
}

static bool is_parent(const preset_t *p, const char *name)
{
    return !strcmp(p->dist ? p->dist : p->name, name);
}

static void populate_one(lab_db_t *db, int mailbox, const preset_t *list, size_t count,
                         apr_time_t now)
{
    apr_int64_t ids[32] = {0};
    for (size_t i = 0; i < count && i < sizeof ids / sizeof *ids; i++) {
        const preset_t *p = &list[i];
        apr_int64_t parent = 0;
        for (size_t k = 0; p->parent && k < i; k++)
            if (is_parent(&list[k], p->parent))
                parent = ids[k];
        lab_folder_t folder = {
            .mailbox = mailbox,
            .parent = parent,
            .dist = p->dist,
            .class_name = p->class_name,
            /* names are unique below a parent, and the roots share one */
            .name = parent ? p->name : lab_dir_at(mailbox)->smtp,
            .committed = now,
            .created = now};
        lab_folder_save(db, &folder);
        ids[i] = folder.id;
        grant(db, &folder);
    }
}

void lab_store_populate(lab_db_t *db, apr_time_t now)
{
    for (int m = 0; m <= lab_dir_public(); m++) {
        lab_db_exec(db, "INSERT OR IGNORE INTO mailboxes(id, cn) VALUES(?, 1000)", "d",
                    m);
        if (lab_db_number(db, 0, "SELECT COUNT(*) FROM folders WHERE mailbox=?", "d",
                          m) != 0)
            continue;
        if (m == lab_dir_public())
            populate_one(db, m, public_presets,
                         sizeof public_presets / sizeof *public_presets, now);
        else
            populate_one(db, m, presets, sizeof presets / sizeof *presets, now);
    }
}

void lab_store_reset(lab_db_t *db, apr_time_t now)
{
    lab_db_exec(db, "DELETE FROM permissions", "");
    lab_db_exec(db, "DELETE FROM full_access", "");
    lab_db_exec(db, "DELETE FROM delegates", "");
    lab_db_exec(db, "UPDATE mailboxes SET deliver=0", "");
    lab_db_exec(db, "DELETE FROM mails", "");
    lab_db_exec(db, "DELETE FROM attachments", "");
    lab_db_exec(db, "DELETE FROM exceptions", "");
    lab_db_exec(db, "DELETE FROM tombs", "");
    lab_db_exec(db, "DELETE FROM items", "");
    lab_db_exec(db, "DELETE FROM folder_tombs", "");
    lab_db_exec(db, "DELETE FROM folders", "");
    lab_store_populate(db, now);
}

static lab_folder_t *folder_row(apr_pool_t *pool, sqlite3_stmt *st)
{
    lab_folder_t *f = apr_pcalloc(pool, sizeof *f);
    f->id = sqlite3_column_int64(st, 0);
    f->mailbox = sqlite3_column_int(st, 1);
    f->parent = sqlite3_column_int64(st, 2);
    f->dist = lab_db_text(pool, st, 3);
    f->class_name = lab_db_text(pool, st, 4);
    f->name = f->parent ? lab_db_text(pool, st, 5) : "";
    f->cn = sqlite3_column_int64(st, 6);
    f->created_cn = sqlite3_column_int64(st, 7);
    f->total = sqlite3_column_int64(st, 8);
    f->committed = sqlite3_column_int64(st, 9);
    f->created = sqlite3_column_int64(st, 10);
    int len = sqlite3_column_bytes(st, 11);
    f->bag = lab_bag_unpack(
        pool, apr_pmemdup(pool, sqlite3_column_blob(st, 11), (apr_size_t)len), len);
    return f;
}

static lab_folder_t *one(lab_db_t *db, apr_pool_t *pool, sqlite3_stmt *st)
{
    if (!lab_db_step(db, st))
        return NULL;
    lab_folder_t *f = folder_row(pool, st);
    lab_db_done(st);
    return f;
}

static apr_array_header_t *many(lab_db_t *db, apr_pool_t *pool, sqlite3_stmt *st)
{
    apr_array_header_t *list = apr_array_make(pool, 16, sizeof(lab_folder_t *));
    while (lab_db_step(db, st))
        APR_ARRAY_PUSH(list, lab_folder_t *) = folder_row(pool, st);
    return list;
}

lab_folder_t *lab_folder_get(lab_db_t *db, apr_pool_t *pool, apr_int64_t id)
{
    return one(db, pool,
               lab_db_query(db, "SELECT " COLUMNS " FROM folders WHERE id=?", "i", id));
}

lab_folder_t *lab_folder_distinguished(lab_db_t *db, apr_pool_t *pool, int mailbox,
                                       const char *dist)
{
    return one(db, pool,
               lab_db_query(db,
                            "SELECT " COLUMNS " FROM folders WHERE mailbox=? AND dist=?",
                            "dt", mailbox, dist));
}

lab_folder_t *lab_folder_child(lab_db_t *db, apr_pool_t *pool, apr_int64_t parent,
                               const char *name)
{
    return one(db, pool,
               lab_db_query(db,
                            "SELECT " COLUMNS
                            " FROM folders WHERE parent=? AND name=? COLLATE NOCASE",
                            "it", parent, name));
}

apr_array_header_t *lab_folder_children(lab_db_t *db, apr_pool_t *pool,
                                        apr_int64_t parent)
{
    return many(db, pool,
                lab_db_query(db,
                             "SELECT " COLUMNS
                             " FROM folders WHERE parent=? ORDER BY name COLLATE NOCASE",
                             "i", parent));
}

int lab_folder_child_count(lab_db_t *db, apr_int64_t parent)
{
    return (int)lab_db_number(db, 0, "SELECT COUNT(*) FROM folders WHERE parent=?", "i",
                              parent);
}

apr_array_header_t *lab_folder_all(lab_db_t *db, apr_pool_t *pool, int mailbox)
{
    return many(
        db, pool,
        lab_db_query(db, "SELECT " COLUMNS " FROM folders WHERE mailbox=? ORDER BY id",
                     "d", mailbox));
}

void lab_folder_save(lab_db_t *db, lab_folder_t *f)
{
    f->cn = lab_store_next_cn(db, f->mailbox);
    apr_pool_t *scratch;
    apr_pool_create(&scratch, NULL);
    int len = 0;
    const void *bytes = f->bag ? lab_bag_pack(scratch, f->bag, &len) : NULL;
    if (f->id == 0) {
        f->created_cn = f->cn;
        f->id =
            lab_db_number(db, 0,
                          "INSERT INTO folders(mailbox, parent, dist, class, name, cn,"
                          " created_cn, committed, created, props)"
                          " VALUES(?,?,?,?,?,?,?,?,?,?) RETURNING id",
                          "dittt"
                          "iiii"
                          "b",
                          f->mailbox, f->parent, f->dist, f->class_name, f->name, f->cn,
                          f->cn, f->committed, f->created, bytes, len);
    } else {
        lab_db_exec(
            db,
            "UPDATE folders SET parent=?, class=?, name=?, cn=?, created_cn=?, props=?"
            " WHERE id=?",
            "ittiibi", f->parent, f->class_name, f->name, f->cn, f->created_cn, bytes,
            len, f->id);
    }
    apr_pool_destroy(scratch);
}

void lab_folder_drop(lab_db_t *db, const lab_folder_t *f)
{
    apr_int64_t cn = lab_store_next_cn(db, f->mailbox);
    lab_db_exec(db, "DELETE FROM folders WHERE id=?", "i", f->id);
    lab_permissions_clear(db, f->id);
    lab_db_exec(db,
                "INSERT INTO folder_tombs(id, mailbox, cn, created_cn) VALUES(?,?,?,?)",
                "idii", f->id, f->mailbox, cn, f->created_cn);
}

bool lab_folder_is_below(lab_db_t *db, apr_int64_t id, apr_int64_t ancestor)
{
    for (int depth = 0; id && depth < 100; depth++) {
        if (id == ancestor)
            return true;
        id = lab_db_number(db, 0, "SELECT parent FROM folders WHERE id=?", "i", id);
    }
    return false;
}

/* a packed bag has name and text side by side, each with its NUL: IsRead, false */
int lab_folder_unread(lab_db_t *db, apr_int64_t folder)
{
    return (int)lab_db_number(db, 0,
                              "SELECT COUNT(*) FROM items WHERE folder=? AND"
                              " instr(props, x'4973526561640066616c736500') > 0",
                              "i", folder);
}
