/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/wunderbar.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "ids/entry_ids.h"
#include "ids/ids.h"

/* properties of a shortcut, as the keys of bags write their tags */
#define GROUP_HEADER_ID "x:6842/Binary"
#define SAVE_STAMP      "x:6847/Integer"
#define TYPE            "x:6849/Integer"
#define FLAGS           "x:684a/Integer"
#define ORDINAL         "x:684b/Binary"
#define ENTRY_ID        "x:684c/Binary"
#define RECORD_KEY      "x:684d/Binary"
#define STORE_ENTRY_ID  "x:684e/Binary"
#define FOLDER_TYPE     "x:684f/Binary"
#define GROUP_CLSID     "x:6850/Binary"
#define GROUP_NAME      "x:6851/String"
#define SECTION         "x:6852/Integer"
#define COLOR           "x:6853/Integer"
#define ADDRESS_BOOK    "x:6854/Binary"
#define AB_STORE        "x:6891/Binary"
#define RO_GROUP_TYPE   "x:6892/Integer"
#define NORMAL_SUBJECT  "x:0e1d/String"

enum { NORMAL_FOLDER = 0, SHARED_FOLDER = 2, HEADER = 4 };
enum { PUBLIC_FOLDER = 0x1, SHARED_IN = 0x200, PERSON_FOLDER = 0x400 };

typedef struct group {
    const char *name;
    unsigned char id[16];
} group_t;

static const group_t my_group = {
    "My Calendars", {0xb7, 0xf0, 0x06, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const group_t peoples_group = {
    "People's Calendars",
    {0xb9, 0xf0, 0x06, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

/* what a kind of folder is to the navigation pane */
static const struct {
    const char *class_name;
    int section;
    unsigned char clsid; /* of the folder's type, its fourth byte */
} sections[] = {
    {"IPF.Appointment", 3, 0x02}, {"IPF.Contact", 4, 0x01}, {"IPF.Task", 5, 0x03}};

static const char *base64(apr_pool_t *pool, const unsigned char *raw, int len)
{
    return apr_pencode_base64_binary(pool, raw, len, APR_ENCODE_NONE, NULL);
}

static const char *folder_entry(apr_pool_t *pool, const lab_folder_t *folder)
{
    int len;
    lab_id_t id = {
        .kind = LAB_ID_FOLDER, .mailbox = folder->mailbox, .number = folder->id};
    const unsigned char *raw = lab_id_entry(pool, &id, &len);
    return base64(pool, raw, len);
}

static lab_item_t shortcut(apr_pool_t *pool, const lab_folder_t *views, const char *name,
                           int type, int flags)
{
    apr_time_t now = apr_time_now();
    lab_item_t item = {.mailbox = views->mailbox,
                       .folder = views->id,
                       .class_name = LAB_LINK_CLASS,
                       .bag = lab_bag_new(pool)};
    lab_bag_set(item.bag, "IsAssociated", "true");
    lab_bag_set(item.bag, "Subject", name);
    lab_bag_set(item.bag, NORMAL_SUBJECT, name);
    lab_bag_set_int(item.bag, "DateTimeCreated", now);
    lab_bag_set_int(item.bag, "LastModifiedTime", now);
    lab_bag_set_int(item.bag, SAVE_STAMP, apr_time_sec(now) & 0x7fffffff);
    lab_bag_set_int(item.bag, TYPE, type);
    lab_bag_set_int(item.bag, FLAGS, flags);
    lab_bag_set(item.bag, ORDINAL, "gA=="); /* the middle: 0x80 */
    lab_bag_set_int(item.bag, SECTION, 3);
    lab_bag_set_int(item.bag, RO_GROUP_TYPE, -1);
    return item;
}

/* has a user's folder an item with this value already? */
static bool has(lab_db_t *db, apr_pool_t *pool, const lab_folder_t *views,
                const char *key, const char *value)
{
    bool found = false;
    sqlite3_stmt *st = lab_db_query(
        db, "SELECT " LAB_ITEM_COLUMNS " FROM items WHERE folder=?", "i", views->id);
    while (lab_db_step(db, st)) {
        const char *text = lab_bag_get(lab_item_row(pool, st)->bag, key);
        found = found || (text && !strcmp(text, value));
    }
    return found;
}

static void add_group(lab_db_t *db, apr_pool_t *pool, const lab_folder_t *views,
                      const group_t *group)
{
    const char *id = base64(pool, group->id, sizeof group->id);
    if (has(db, pool, views, GROUP_HEADER_ID, id))
        return;
    lab_item_t item = shortcut(pool, views, group->name, HEADER, 0);
    lab_bag_set(item.bag, GROUP_HEADER_ID, id);
    lab_item_save(db, pool, &item);
}

static void add_link(lab_db_t *db, apr_pool_t *pool, const lab_folder_t *views,
                     const lab_folder_t *folder, const group_t *group)
{
    bool own = folder->mailbox == views->mailbox;
    bool is_public = folder->mailbox == lab_dir_public();
    bool person = folder->dist && !strcmp(folder->dist, "calendar");
    const lab_dir_entry_t *owner = lab_dir_at(folder->mailbox);
    const char *entry = folder_entry(pool, folder);
    if (has(db, pool, views, ENTRY_ID, entry))
        return;
    /* somebody's calendar is called after him, another folder after itself */
    lab_item_t item =
        shortcut(pool, views, person && !own ? owner->display_name : folder->name,
                 own || is_public ? NORMAL_FOLDER : SHARED_FOLDER,
                 own         ? 0
                 : is_public ? PUBLIC_FOLDER
                 : person    ? PERSON_FOLDER
                             : SHARED_IN);
    lab_bag_set(item.bag, ENTRY_ID, entry);
    lab_bag_set(item.bag, RECORD_KEY, entry);
    if (!is_public) {
        lab_bag_set(item.bag, STORE_ENTRY_ID, lab_store_entry_id(pool, owner));
        lab_bag_set(item.bag, ADDRESS_BOOK, lab_address_book_entry_id(pool, owner));
    }
    lab_bag_set(item.bag, AB_STORE, lab_store_entry_id(pool, lab_dir_at(views->mailbox)));
    lab_bag_set(item.bag, GROUP_CLSID, base64(pool, group->id, sizeof group->id));
    lab_bag_set(item.bag, GROUP_NAME, group->name);
    lab_bag_set_int(item.bag, COLOR, -1);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        size_t n = strlen(sections[i].class_name);
        unsigned char clsid[16] = {
            0, 6, 0x78, sections[i].clsid, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
        if (strncmp(folder->class_name, sections[i].class_name, n))
            continue;
        lab_bag_set_int(item.bag, SECTION, sections[i].section);
        lab_bag_set(item.bag, FOLDER_TYPE, base64(pool, clsid, sizeof clsid));
    }
    lab_item_save(db, pool, &item);
}

void lab_link_add(lab_db_t *db, apr_pool_t *pool, int user, const lab_folder_t *folder)
{
    lab_folder_t *root = lab_folder_distinguished(db, pool, user, "root");
    lab_folder_t *own = lab_folder_distinguished(db, pool, user, "calendar");
    lab_folder_t *views =
        root ? lab_folder_child(db, pool, root->id, LAB_COMMON_VIEWS) : NULL;
    if (!views || !own)
        return;
    add_group(db, pool, views, &my_group);
    add_link(db, pool, views, own, &my_group);
    add_group(db, pool, views, &peoples_group);
    add_link(db, pool, views, folder, &peoples_group);
}
