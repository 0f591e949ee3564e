/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/ext.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *guid;
} sets[] = {
    {"Meeting", "6ed8da90-450b-101b-98da-00aa003f1305"},
    {"Appointment", "00062002-0000-0000-c000-000000000046"},
    {"Common", "00062008-0000-0000-c000-000000000046"},
    {"PublicStrings", "00020329-0000-0000-c000-000000000046"},
    {"Address", "00062004-0000-0000-c000-000000000046"},
    {"InternetHeaders", "00020386-0000-0000-c000-000000000046"},
    {"CalendarAssistant", "11000e07-b51b-40d6-af21-caa85edab1d0"},
    {"UnifiedMessaging", "4442858e-a9e3-4e80-b900-317a210cc15b"},
    {"Task", "00062003-0000-0000-c000-000000000046"},
    {"Sharing", "00062040-0000-0000-c000-000000000046"},
};

static const char *set_guid(apr_pool_t *pool, const char *distinguished, const char *guid)
{
    for (size_t i = 0; distinguished && i < sizeof sets / sizeof *sets; i++)
        if (!strcmp(sets[i].name, distinguished))
            return sets[i].guid;
    if (!guid)
        return NULL;
    char *lower = apr_pstrdup(pool, guid);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return lower;
}

static const lab_fail_t *bad(lab_call_t *call)
{
    return lab_fail(call, "ErrorInvalidExtendedProperty");
}

/* the element again, for answers */
static const char *path_of(lab_call_t *call, xmlNodePtr e)
{
    lab_buf_t b;
    lab_buf_init(&b, call->pool, 160);
    lab_buf_puts(&b, "<t:ExtendedFieldURI");
    for (const xmlAttr *a = e->properties; a; a = a->next)
        if (!a->ns)
            lab_buf_attr(&b, (const char *)a->name,
                         lab_xml_attr(call->pool, e, (const char *)a->name));
    lab_buf_puts(&b, "/>");
    return b.data;
}

const lab_fail_t *lab_ext_read(lab_call_t *call, xmlNodePtr e, lab_ext_t *ext)
{
    const char *tag = lab_xml_attr(call->pool, e, "PropertyTag");
    const char *id = lab_xml_attr(call->pool, e, "PropertyId");
    const char *name = lab_xml_attr(call->pool, e, "PropertyName");
    const char *distinguished = lab_xml_attr(call->pool, e, "DistinguishedPropertySetId");
    const char *guid = lab_xml_attr(call->pool, e, "PropertySetId");
    memset(ext, 0, sizeof *ext);
    ext->type = lab_xml_attr(call->pool, e, "PropertyType");
    ext->set = "";
    ext->number = -1;
    if (!ext->type)
        return bad(call);
    if (tag) {
        if (id || name || distinguished || guid)
            return bad(call);
        ext->number = (int)strtol(tag, NULL, 0);
        if (ext->number <= 0 || ext->number >= 0x8000)
            return bad(call);
        ext->key =
            apr_psprintf(call->pool, "x:%04x/%s", (unsigned)ext->number, ext->type);
    } else {
        if ((distinguished && guid) || (id && name) || (!id && !name))
            return bad(call);
        ext->set = set_guid(call->pool, distinguished, guid);
        if (!ext->set)
            return bad(call);
        ext->name = name;
        if (id)
            ext->number = (int)strtol(id, NULL, 0);
        ext->key = name
                       ? apr_psprintf(call->pool, "x:%s/%s/%s", ext->set, name, ext->type)
                       : apr_psprintf(call->pool, "x:%s/#%d/%s", ext->set, ext->number,
                                      ext->type);
    }
    ext->path = path_of(call, e);
    return NULL;
}

static bool is_array(const lab_ext_t *ext)
{
    size_t n = strlen(ext->type);
    return n > 5 && !strcmp(ext->type + n - 5, "Array");
}

static bool numeric(const char *text, bool real)
{
    char *end;
    while (isspace((unsigned char)*text))
        text++;
    if (!*text)
        return false;
    if (real)
        (void)strtod(text, &end);
    else
        (void)strtoll(text, &end, 10);
    while (isspace((unsigned char)*end))
        end++;
    return *end == '\0';
}

static const char *value_of(lab_call_t *call, const lab_ext_t *ext, const char *text)
{
    static const char *const integers[] = {"Integer", "Short", "Long", "Currency",
                                           "Error"};
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        if (!strncmp(ext->type, integers[i], strlen(integers[i])))
            return numeric(text, false) ? text : NULL;
    if (!strncmp(ext->type, "Double", 6) || !strncmp(ext->type, "Float", 5))
        return numeric(text, true) ? text : NULL;
    if (!strncmp(ext->type, "Boolean", 7))
        return lab_xml_bool(text, false) ? "true" : "false";
    if (!strncmp(ext->type, "SystemTime", 10)) {
        apr_time_t when;
        return lab_call_read_time(call, text, &when)
                   ? lab_time_format_utc(when, call->pool)
                   : NULL;
    }
    if (!strncmp(ext->type, "Binary", 6)) {
        apr_size_t len;
        return apr_pdecode_base64_binary(call->pool, text, APR_ENCODE_STRING,
                                         APR_ENCODE_NONE, &len) ||
                       !*text
                   ? text
                   : NULL;
    }
    return text;
}

const lab_fail_t *lab_ext_read_value(lab_call_t *call, xmlNodePtr property,
                                     const lab_ext_t *ext, const char **out)
{
    xmlNodePtr value = lab_xml_child(property, "Value"),
               values = lab_xml_child(property, "Values");
    *out = NULL;
    if (is_array(ext) != (values != NULL) || (!value && !values))
        return lab_fail(call, "ErrorInvalidExtendedPropertyValue");
    if (value) {
        *out = value_of(call, ext, lab_xml_text(call->pool, value));
        return *out ? NULL : lab_fail(call, "ErrorInvalidExtendedPropertyValue");
    }
    lab_buf_t b;
    lab_buf_init(&b, call->pool, 128);
    for (xmlNodePtr v = lab_xml_first(values); v; v = lab_xml_next(v)) {
        const char *text = value_of(call, ext, lab_xml_text(call->pool, v));
        if (!text)
            return lab_fail(call, "ErrorInvalidExtendedPropertyValue");
        lab_buf_puts(&b, text);
        lab_buf_puts(&b, "\x1f");
    }
    *out = b.data;
    return NULL;
}

void lab_ext_put(lab_buf_t *out, const lab_ext_t *ext, const char *value)
{
    lab_buf_puts(out, "<t:ExtendedProperty>");
    lab_buf_puts(out, ext->path);
    if (!is_array(ext)) {
        lab_buf_elem(out, "t:Value", value);
    } else {
        lab_buf_puts(out, "<t:Values>");
        char *copy = apr_pstrdup(out->pool, value);
        for (char *end; (end = strchr(copy, '\x1f')); copy = end + 1) {
            *end = '\0';
            lab_buf_elem(out, "t:Value", copy);
        }
        lab_buf_puts(out, "</t:Values>");
    }
    lab_buf_puts(out, "</t:ExtendedProperty>");
}
