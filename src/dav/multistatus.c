/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A multistatus is written into a buffer that is sent each time it has grown large, after whole
 * responses only. A small one never leaves before its end and so carries its length.
 */
#include <apr_strings.h>

#include "dav/dav.h"

#define STREAM_BYTES (64 * 1024)

xc_ms_t *xc_ms_make(xc_dav_t *d, int status, const char *ns, const char *root)
{
    xc_ms_t *ms = apr_pcalloc(d->pool, sizeof(*ms));
    ms->d = d;
    ms->pool = d->pool;
    ms->status = status;
    ms->buf = xc_buf_make(d->pool, 0);
    ms->w = xc_xmlw_make(ms->buf, d->pool);
    xc_reply_header(d, "DAV", xc_dav_compliance(d->req->cfg));
    xc_reply_header(d, "Vary", "Prefer, Brief");
    if (d->minimal || d->no_root)
        xc_reply_header(d, "Preference-Applied", !d->no_root ? "return=minimal" : d->minimal ? "return=minimal, depth-noroot" : "depth-noroot");
    xc_xmlw_ns(ms->w, "D", XC_NS_DAV);
    xc_xmlw_ns(ms->w, "C", XC_NS_CALDAV);
    xc_xmlw_ns(ms->w, "CS", XC_NS_CS);
    xc_xmlw_ns(ms->w, "A", XC_NS_APPLE);
    xc_xmlw_ns(ms->w, "X", XC_NS_EXCAL);
    xc_xmlw_start(ms->w, ns, root);
    return ms;
}

static void send_part(xc_ms_t *ms)
{
    xc_dav_t *d = ms->d;
    xc_xmlw_flush(ms->w);
    if (ms->buf->len < STREAM_BYTES)
        return;
    if (!ms->started) {
        ms->started = 1;
        d->status = ms->status;
        d->req->start(d->req, ms->status, XC_TYPE_XML, -1);
    }
    if (!ms->gone && d->req->write(d->req, ms->buf->data, ms->buf->len))
        ms->gone = 1;
    xc_buf_clear(ms->buf);
}

void xc_ms_open(xc_ms_t *ms, const char *href)
{
    xc_xmlw_start(ms->w, XC_NS_DAV, "response");
    xc_xmlw_element(ms->w, XC_NS_DAV, "href", href);
}

void xc_ms_close(xc_ms_t *ms)
{
    xc_xmlw_end(ms->w);
    send_part(ms);
}

/* Status, and what went wrong where there is something to say. */
static void write_status(xc_ms_t *ms, int status, const xc_error_t *err)
{
    xc_xmlw_element(ms->w, XC_NS_DAV, "status", xc_status_line(status, ms->pool));
    if (err && err->cond != XC_COND_NONE) {
        xc_xmlw_start(ms->w, XC_NS_DAV, "error");
        xc_error_write(ms->d, ms->w, err, ms->pool);
        xc_xmlw_end(ms->w);
    }
    if (err && err->message)
        xc_xmlw_element(ms->w, XC_NS_DAV, "responsedescription", err->message);
}

void xc_ms_propstat_open(xc_ms_t *ms)
{
    xc_xmlw_start(ms->w, XC_NS_DAV, "propstat");
    xc_xmlw_start(ms->w, XC_NS_DAV, "prop");
}

void xc_ms_propstat_close(xc_ms_t *ms, int status, const xc_error_t *err)
{
    xc_xmlw_end(ms->w);
    write_status(ms, status, err);
    xc_xmlw_end(ms->w);
}

void xc_ms_status(xc_ms_t *ms, const char *href, int status, const xc_error_t *err)
{
    xc_ms_open(ms, href);
    write_status(ms, status, err);
    xc_ms_close(ms);
}

void xc_ms_truncated(xc_ms_t *ms)
{
    xc_error_t *err = xc_error_make(ms->pool, 507, XC_COND_NUMBER_OF_MATCHES, "There is more than was asked for at once.");
    xc_ms_status(ms, xc_resource_href(ms->d, &ms->d->path, ms->pool), 507, err);
}

xc_error_t *xc_ms_end(xc_ms_t *ms)
{
    xc_dav_t *d = ms->d;
    xc_error_t *err = xc_xmlw_finish(ms->w, d->pool);
    if (err && !ms->started)
        return err;
    if (!ms->started)
        xc_reply_data(d, ms->status, XC_TYPE_XML, ms->buf->data, ms->buf->len);
    else if (!ms->gone && ms->buf->len)
        d->req->write(d->req, ms->buf->data, ms->buf->len);
    return err;
}
