/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file log.h
 * Logging below httpd. The sink is given by the httpd layer; nothing is formatted when the
 * level is off. error = act, warning = degraded, info = life cycle, debug = decision, trace = flow.
 * No credentials at any level, no bodies above trace.
 */
#ifndef XC_BASE_LOG_H
#define XC_BASE_LOG_H

typedef enum xc_log_level_e { XC_LOG_ERROR, XC_LOG_WARNING, XC_LOG_INFO, XC_LOG_DEBUG, XC_LOG_TRACE } xc_log_level_e;

typedef struct xc_log_t {
    xc_log_level_e level; /* the most detailed level that is on */
    void (*write)(void *ctx, xc_log_level_e level, const char *file, int line, const char *text);
    void *ctx;            /* a request_rec or server_rec, opaque here */
} xc_log_t;

/** Format and hand to the sink; use the macro. Control characters of the text are escaped. */
void xc_log_write(const xc_log_t *log, xc_log_level_e level, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** Log when `log` is not NULL and the level is on; the arguments are evaluated only then. */
#define xc_log(log, lvl, ...)                                                            \
    do {                                                                                 \
        const xc_log_t *xc_log_to_ = (log);                                              \
        if (xc_log_to_ && (lvl) <= xc_log_to_->level)                                    \
            xc_log_write(xc_log_to_, (lvl), __FILE__, __LINE__, __VA_ARGS__);            \
    } while (0)

#endif
