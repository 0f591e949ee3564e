/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lab_buf_init(lab_buf_t *b, apr_pool_t *pool, size_t room)
{
    b->pool = pool;
    b->room = room < 64 ? 64 : room;
    b->data = apr_palloc(pool, b->room);
    b->data[0] = '\0';
    b->len = 0;
}

static void grow(lab_buf_t *b, size_t more)
{
    if (b->len + more + 1 <= b->room)
        return;
    size_t room = b->room * 2;
    while (room < b->len + more + 1)
        room *= 2;
    char *data = apr_palloc(b->pool, room);
    memcpy(data, b->data, b->len + 1);
    b->data = data;
    b->room = room;
}

void lab_buf_add(lab_buf_t *b, const char *text, size_t len)
{
    grow(b, len);
    memcpy(b->data + b->len, text, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void lab_buf_puts(lab_buf_t *b, const char *text)
{
    if (text)
        lab_buf_add(b, text, strlen(text));
}

void lab_buf_printf(lab_buf_t *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, format, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        lab_buf_add(b, small, (size_t)n);
    } else if (n >= 0) {
        grow(b, (size_t)n);
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

/* the length of a UTF-8 sequence that XML may carry, 0 when it is none */
static size_t xml_char(const unsigned char *s)
{
    if (*s < 0x80)
        return *s >= 0x20 || *s == '\t' || *s == '\n' || *s == '\r';
    size_t n = *s >= 0xf0 && *s < 0xf5   ? 4
               : *s >= 0xe0              ? 3
               : *s >= 0xc2 && *s < 0xe0 ? 2
                                         : 0;
    if (*s >= 0xf5 || n == 0)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0)))
        return 0;
    if (n == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe)
        return 0;
    if (n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90)))
        return 0;
    return n;
}

static const char *entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#xD;";
    default: return NULL;
    }
}

void lab_buf_escape(lab_buf_t *b, const char *text)
{
    if (!text)
        return;
    const char *run = text, *s = text;
    while (*s) {
        const char *e = entity(*s);
        size_t n = e ? 1 : xml_char((const unsigned char *)s);
        if (e || n == 0) {
            lab_buf_add(b, run, (size_t)(s - run));
            lab_buf_puts(b, e ? e : "\xef\xbf\xbd");
            run = s + 1;
            n = 1;
        }
        s += n;
    }
    lab_buf_add(b, run, (size_t)(s - run));
}

void lab_buf_elem(lab_buf_t *b, const char *name, const char *text)
{
    if (!text)
        return;
    if (!*text) {
        lab_buf_printf(b, "<%s/>", name);
        return;
    }
    lab_buf_printf(b, "<%s>", name);
    lab_buf_escape(b, text);
    lab_buf_printf(b, "</%s>", name);
}

void lab_buf_bool(lab_buf_t *b, const char *name, int value)
{
    lab_buf_printf(b, "<%s>%s</%s>", name, value ? "true" : "false", name);
}

void lab_buf_int(lab_buf_t *b, const char *name, long long value)
{
    lab_buf_printf(b, "<%s>%lld</%s>", name, value, name);
}

void lab_buf_attr(lab_buf_t *b, const char *name, const char *text)
{
    if (!text)
        return;
    lab_buf_printf(b, " %s=\"", name);
    lab_buf_escape(b, text);
    lab_buf_puts(b, "\"");
}

void lab_buf_cut(lab_buf_t *b, size_t len)
{
    if (len <= b->len) {
        b->len = len;
        b->data[len] = '\0';
    }
}
