/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway's log lines go to httpd's error log, under the module's own LogLevel. */
#include "httpd/glue.h"

static const int levels[] = {
    [XC_LOG_ERROR] = APLOG_ERR,
    [XC_LOG_WARNING] = APLOG_WARNING,
    [XC_LOG_INFO] = APLOG_INFO,
    [XC_LOG_DEBUG] = APLOG_DEBUG,
    [XC_LOG_TRACE] = APLOG_TRACE1,
};

static xc_log_level_e most_detailed(int httpd_level)
{
    if (httpd_level >= APLOG_TRACE1)
        return XC_LOG_TRACE;
    if (httpd_level >= APLOG_DEBUG)
        return XC_LOG_DEBUG;
    if (httpd_level >= APLOG_INFO)
        return XC_LOG_INFO;
    return httpd_level >= APLOG_WARNING ? XC_LOG_WARNING : XC_LOG_ERROR;
}

static void to_request(void *ctx, xc_log_level_e level, const char *file, int line, const char *text)
{
    ap_log_rerror(file, line, APLOG_MODULE_INDEX, levels[level], 0, (request_rec *)ctx, "%s", text);
}

static void to_server(void *ctx, xc_log_level_e level, const char *file, int line, const char *text)
{
    ap_log_error(file, line, APLOG_MODULE_INDEX, levels[level], 0, (server_rec *)ctx, "%s", text);
}

void xc_log_for_request(xc_log_t *log, request_rec *r)
{
    log->level = most_detailed(ap_get_request_module_loglevel(r, APLOG_MODULE_INDEX));
    log->write = to_request;
    log->ctx = r;
}

void xc_log_for_server(xc_log_t *log, server_rec *s)
{
    log->level = most_detailed(ap_get_server_module_loglevel(s, APLOG_MODULE_INDEX));
    log->write = to_server;
    log->ctx = s;
}
