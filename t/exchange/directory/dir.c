/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in the directory. */
#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "directory/dir_rows.h"

/* which of an entry's names is asked for */
typedef const char *(*name_of_t)(const lab_dir_entry_t *entry);

static const char *alias_of(const lab_dir_entry_t *entry)
{
    return entry->alias;
}

static const char *smtp_of(const lab_dir_entry_t *entry)
{
    return entry->smtp;
}

static const char *sid_of(const lab_dir_entry_t *entry)
{
    return entry->sid;
}

static const char *legacy_dn_of(const lab_dir_entry_t *entry)
{
    return entry->legacy_dn;
}

static const lab_dir_entry_t *find(name_of_t name_of, const char *text)
{
    int i;

    for (i = 0; text != NULL && i < lab_dir_row_count; i++) {
        if (strcasecmp(name_of(&lab_dir_rows[i]), text) == 0) {
            return &lab_dir_rows[i];
        }
    }
    return NULL;
}

static int begins_with(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

int lab_dir_count(void)
{
    return lab_dir_row_count;
}

int lab_dir_public(void)
{
    return lab_dir_row_count;
}

const lab_dir_entry_t *lab_dir_at(int i)
{
    if (i == lab_dir_public()) {
        return &lab_dir_public_row;
    }
    return i >= 0 && i < lab_dir_row_count ? &lab_dir_rows[i] : NULL;
}

const lab_dir_entry_t *lab_dir_by_alias(const char *alias)
{
    return find(alias_of, alias);
}

const lab_dir_entry_t *lab_dir_by_smtp(const char *address)
{
    if (address == NULL) {
        return NULL;
    }
    if (begins_with(address, "smtp:")) {
        address += strlen("smtp:");
    } else if (begins_with(address, "mailto:")) {
        address += strlen("mailto:");
    }
    return find(smtp_of, address);
}

const lab_dir_entry_t *lab_dir_by_sid(const char *sid)
{
    return find(sid_of, sid);
}

const lab_dir_entry_t *lab_dir_by_legacy_dn(const char *dn)
{
    return find(legacy_dn_of, dn != NULL && begins_with(dn, "EX:") ? dn + 3 : dn);
}

const lab_dir_entry_t *lab_dir_by_login(const char *login)
{
    const char *slash = login == NULL ? NULL : strchr(login, '\\');
    apr_size_t len;

    if (slash != NULL) {
        len = (apr_size_t)(slash - login);
        if ((len != strlen(LAB_DIR_NETBIOS) ||
             strncasecmp(login, LAB_DIR_NETBIOS, len) != 0) &&
            (len != strlen(LAB_DIR_DOMAIN) ||
             strncasecmp(login, LAB_DIR_DOMAIN, len) != 0)) {
            return NULL;
        }
        return find(alias_of, slash + 1);
    }
    return login != NULL && strchr(login, '@') != NULL ? find(smtp_of, login)
                                                       : find(alias_of, login);
}

const lab_dir_entry_t *lab_dir_by_any(const char *text)
{
    const lab_dir_entry_t *entry = lab_dir_by_smtp(text);

    if (entry == NULL) {
        entry = lab_dir_by_legacy_dn(text);
    }
    return entry != NULL ? entry : find(alias_of, text);
}

/* Compare without telling by time where the first difference lies. */
static int is_password(const char *password)
{
    static const char right[] = LAB_DIR_PASSWORD;
    unsigned differs = 0;
    apr_size_t i, len = strlen(password);

    for (i = 0; i < sizeof(right) - 1; i++) {
        differs |= (unsigned char)right[i] ^ (unsigned char)(i < len ? password[i] : 0);
    }
    return differs == 0 && len == sizeof(right) - 1;
}

const lab_dir_entry_t *lab_dir_login(const char *login, const char *password)
{
    const lab_dir_entry_t *entry = lab_dir_by_login(login);
    int right = password != NULL && is_password(password);

    return right ? entry : NULL;
}

/* Does any word of the name begin with the text? The text may span words ("alice ad"). */
static int name_matches(const char *name, const char *text)
{
    const char *word;

    for (word = name; *word != '\0'; word++) {
        if ((word == name || word[-1] == ' ' || word[-1] == '(') &&
            begins_with(word, text)) {
            return 1;
        }
    }
    return 0;
}

int lab_dir_resolve(const char *text, const lab_dir_entry_t **out, int max)
{
    const lab_dir_entry_t *exact;
    int i, found = 0;

    if (text == NULL) {
        return 0;
    }
    while (apr_isspace(*text)) {
        text++;
    }
    exact = lab_dir_by_smtp(text);
    exact = exact != NULL ? exact : lab_dir_by_legacy_dn(text);
    if (exact != NULL) {
        if (max > 0) {
            out[0] = exact;
        }
        return 1;
    }
    if (begins_with(text, "smtp:")) {
        text += strlen("smtp:");
    }
    for (i = 0; *text != '\0' && i < lab_dir_row_count; i++) {
        const lab_dir_entry_t *entry = &lab_dir_rows[i];

        if (entry->kind != LAB_DIR_SERVICE &&
            (begins_with(entry->alias, text) || begins_with(entry->smtp, text) ||
             name_matches(entry->display_name, text))) {
            if (found < max) {
                out[found] = entry;
            }
            found++;
        }
    }
    return found;
}
