/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/userid.h"

#include <string.h>

#include "store/rights.h"

static const lab_dir_entry_t *by_display_name(const char *name)
{
    const lab_dir_entry_t *found = NULL;
    for (int i = 0; i < lab_dir_count(); i++)
        if (!strcasecmp(lab_dir_at(i)->display_name, name)) {
            if (found)
                return NULL;
            found = lab_dir_at(i);
        }
    return found;
}

/* all forms that are given must mean the same person */
static const lab_fail_t *find_person(lab_call_t *call, const char *sid, const char *smtp,
                                     const char *name, const char *unknown, int *who)
{
    const lab_dir_entry_t *a = sid ? lab_dir_by_sid(sid) : NULL;
    const lab_dir_entry_t *b = smtp ? lab_dir_by_smtp(smtp) : NULL;
    if (sid && !a)
        return lab_fail(call, "ErrorInvalidUserSid");
    if (smtp && !b)
        return lab_fail(call, unknown);
    if (a && b && a != b)
        return lab_fail(call, "ErrorInvalidUserInfo");
    /* a name beside an address is for people to read */
    if (!a && !b)
        a = by_display_name(name);
    if (!a && !b)
        return lab_fail(call, unknown);
    *who = lab_mailbox_index(a ? a : b);
    return NULL;
}

const lab_fail_t *lab_user_read(lab_call_t *call, xmlNodePtr user, const char *unknown,
                                int *who)
{
    const char *sid = lab_xml_child_text(call->pool, user, "SID");
    const char *smtp = lab_xml_child_text(call->pool, user, "PrimarySmtpAddress");
    const char *name = lab_xml_child_text(call->pool, user, "DisplayName");
    const char *known = lab_xml_child_text(call->pool, user, "DistinguishedUser");
    sid = sid && *sid ? sid : NULL;
    smtp = smtp && *smtp ? smtp : NULL;
    name = name && *name ? name : NULL;
    if (known) {
        *who = !strcmp(known, "Default") ? LAB_WHO_DEFAULT : LAB_WHO_ANONYMOUS;
        return sid || smtp || name ? lab_fail(call, "ErrorInvalidUserInfo") : NULL;
    }
    if (!sid && !smtp && !name)
        return lab_fail(call, "ErrorMissingUserIdInformation");
    return find_person(call, sid, smtp, name, unknown, who);
}

void lab_user_put(lab_buf_t *out, int who)
{
    const lab_dir_entry_t *entry = lab_dir_at(who);
    lab_buf_puts(out, "<t:UserId>");
    if (entry) {
        lab_buf_elem(out, "t:SID", entry->sid);
        lab_buf_elem(out, "t:PrimarySmtpAddress", entry->smtp);
        lab_buf_elem(out, "t:DisplayName", entry->display_name);
    } else {
        lab_buf_elem(out, "t:DistinguishedUser",
                     who == LAB_WHO_DEFAULT ? "Default" : "Anonymous");
    }
    lab_buf_puts(out, "</t:UserId>");
}
