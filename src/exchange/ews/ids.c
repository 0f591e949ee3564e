/* SPDX-License-Identifier: Apache-2.0 */
/* Ids, named properties, UIDs (calendar-mapping 5; [MS-OXOCAL] 2.2.1.27 PidLidGlobalObjectId). */
#include <apr_encode.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/ews.h"

#define PS_PUBLIC_STRINGS "00020329-0000-0000-c000-000000000046"

void xc_ews_write_id(xc_xmlw_t *w, const char *element, const char *id, const char *change_key)
{
    xc_xmlw_start(w, XC_NS_T, element);
    xc_xmlw_attr(w, "Id", id);
    if (change_key)
        xc_xmlw_attr(w, "ChangeKey", change_key);
    xc_xmlw_end(w);
}

void xc_ews_write_distinguished(xc_xmlw_t *w, const xc_session_t *s, const char *name, const char *mailbox)
{
    const char *own = s->impersonate ? s->impersonate : s->account;
    xc_xmlw_start(w, XC_NS_T, "DistinguishedFolderId");
    xc_xmlw_attr(w, "Id", name);
    if (mailbox && own && strcasecmp(mailbox, own)) {
        xc_xmlw_start(w, XC_NS_T, "Mailbox");
        xc_xmlw_element(w, XC_NS_T, "EmailAddress", mailbox);
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
}

void xc_ews_write_named(xc_xmlw_t *w, const char *name)
{
    xc_xmlw_start(w, XC_NS_T, "ExtendedFieldURI");
    xc_xmlw_attr(w, "PropertySetId", PS_PUBLIC_STRINGS);
    xc_xmlw_attr(w, "PropertyName", name);
    xc_xmlw_attr(w, "PropertyType", "String");
    xc_xmlw_end(w);
}

void xc_ews_write_named_value(xc_xmlw_t *w, const char *name, const char *value)
{
    xc_xmlw_start(w, XC_NS_T, "ExtendedProperty");
    xc_ews_write_named(w, name);
    xc_xmlw_element(w, XC_NS_T, "Value", value);
    xc_xmlw_end(w);
}

static const char *extended(const xmlNode *item, const char *attr, const char *wanted, apr_pool_t *pool)
{
    for (xmlNode *p = xc_xml_child(item, NULL, "ExtendedProperty"); p; p = xc_xml_next(p, NULL, "ExtendedProperty")) {
        const char *name = xc_xml_attr(xc_xml_child(p, NULL, "ExtendedFieldURI"), attr, pool);
        if (name && strcasecmp(name, wanted) == 0)
            return xc_xml_child_text(p, NULL, "Value", pool);
    }
    return NULL;
}

const char *xc_ews_named(const xmlNode *item, const char *name, apr_pool_t *pool)
{
    const char *value = extended(item, "PropertyName", name, pool);
    return value && *value ? value : NULL;
}

const char *xc_ews_tagged(const xmlNode *item, const char *tag, apr_pool_t *pool)
{
    return extended(item, "PropertyTag", tag, pool);
}

/* ---- UID and the global object id ---- */

#define CLASS_HEX    "040000008200E00074C5B7101A82E008"
#define CLASS_BYTES  16
#define HEAD_BYTES   40 /* class, instance date, creation time, zeros, size of the data */
static const unsigned char class_id[CLASS_BYTES] = {0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08};
static const unsigned char wrapped[12] = {'v', 'C', 'a', 'l', '-', 'U', 'i', 'd', 1, 0, 0, 0};

static int all_hex(const char *s, apr_size_t n)
{
    for (apr_size_t i = 0; i < n; i++)
        if (!apr_isxdigit(s[i]))
            return 0;
    return n % 2 == 0;
}

static unsigned char *unhex(const char *s, apr_size_t n, apr_pool_t *pool)
{
    unsigned char *out = apr_palloc(pool, n / 2 + 1);
    for (apr_size_t i = 0; i < n / 2; i++) {
        char hi = (char)apr_toupper(s[2 * i]), lo = (char)apr_toupper(s[2 * i + 1]);
        out[i] = (unsigned char)((apr_isdigit(hi) ? hi - '0' : hi - 'A' + 10) << 4 | (apr_isdigit(lo) ? lo - '0' : lo - 'A' + 10));
    }
    return out;
}

const char *xc_ews_uid_from_exchange(const char *uid, apr_pool_t *pool)
{
    apr_size_t n = uid ? strlen(uid) : 0;
    if (n == 0)
        return NULL;
    if (n < 2 * (HEAD_BYTES + sizeof wrapped) || strncasecmp(uid, CLASS_HEX, 32) || !all_hex(uid, n))
        return uid;
    const unsigned char *raw = unhex(uid, n, pool);
    apr_size_t len = n / 2 - HEAD_BYTES - sizeof wrapped;
    if (memcmp(raw + HEAD_BYTES, wrapped, sizeof wrapped))
        return uid;
    const char *text = apr_pstrmemdup(pool, (const char *)raw + HEAD_BYTES + sizeof wrapped, len);
    return *text && xc_xml_valid_text(text, strlen(text)) ? text : uid;
}

const char *xc_ews_global_id(const char *uid, int with_nul, apr_pool_t *pool)
{
    apr_size_t n = strlen(uid);
    unsigned char *raw;
    apr_size_t len;
    if (n >= 2 * HEAD_BYTES && strncasecmp(uid, CLASS_HEX, 32) == 0 && all_hex(uid, n)) {
        raw = unhex(uid, n, pool);
        len = n / 2;
        memset(raw + CLASS_BYTES, 0, 4); /* the clean form: no instance date */
    } else {
        apr_size_t data = sizeof wrapped + n + (with_nul ? 1 : 0);
        len = HEAD_BYTES + data;
        raw = apr_pcalloc(pool, len + 1);
        memcpy(raw, class_id, CLASS_BYTES);
        for (int i = 0; i < 4; i++)
            raw[36 + i] = (unsigned char)(data >> (8 * i));
        memcpy(raw + HEAD_BYTES, wrapped, sizeof wrapped);
        memcpy(raw + HEAD_BYTES + sizeof wrapped, uid, n);
    }
    return apr_pencode_base64_binary(pool, raw, (apr_ssize_t)len, APR_ENCODE_NONE, NULL);
}
