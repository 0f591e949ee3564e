/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 4096 };

/* A line of the log is one line: control characters become \xNN. The result is always terminated. */
static void escape_controls(char *out, size_t size, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;

    for (; *text && n + 5 < size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != 0x7f) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    out[n] = '\0';
}

void xc_log_write(const xc_log_t *log, xc_log_level_e level, const char *file, int line,
                  const char *fmt, ...)
{
    char text[LINE_BYTES], clean[LINE_BYTES + LINE_BYTES / 2];
    va_list ap;

    if (!log || !log->write || level > log->level)
        return;
    va_start(ap, fmt);
    if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
        text[0] = '\0';
    va_end(ap);
    escape_controls(clean, sizeof(clean), text);
    log->write(log->ctx, level, file, line, clean);
}
