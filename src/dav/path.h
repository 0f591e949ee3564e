/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file path.h
 * URIs to resources and back (interfaces "URLs of the gateway"). Pure: no request, no mailbox.
 *
 * A URI is split at its slashes first and each segment decoded after, so that nothing encoded can
 * change the shape. What has no business in a name is refused: encoded slashes, NUL and control
 * characters, `.` and `..`, empty segments, broken escapes, bytes that are not UTF-8.
 *
 * Two layouts name the same resources: ours, and DavMail's (`/users/<smtp>/`,
 * `/principals/users/<smtp>/`), plus the bare `/` where discovery ends that was given a host name
 * only. Answers name resources in the layout that the request used, so that a client finds again
 * what it wrote.
 */
#ifndef XC_DAV_PATH_H
#define XC_DAV_PATH_H

#include <apr_pools.h>

#include "base/error.h"

/** Kinds of resources; bits, so that tables can name sets. */
typedef enum xc_rkind_e {
    XC_R_ROOT = 1 << 0,
    XC_R_PRINCIPALS = 1 << 1, /* the collection of principals */
    XC_R_PRINCIPAL = 1 << 2,
    XC_R_HOMES = 1 << 3,      /* the collection of calendar homes */
    XC_R_HOME = 1 << 4,
    XC_R_CALENDAR = 1 << 5,   /* or where one could be made */
    XC_R_OBJECT = 1 << 6,     /* or where one could be put */
    XC_R_INBOX = 1 << 7,      /* the scheduling inbox (RFC 6638 2.2): meeting messages that arrived */
    XC_R_OUTBOX = 1 << 8,     /* the scheduling outbox (RFC 6638 2.1) */
    XC_R_MESSAGE = 1 << 9,    /* a member of the inbox */
    XC_R_PROXY = 1 << 10      /* a group of those who act for a principal (CalendarServer's caldav-proxy) */
} xc_rkind_e;

#define XC_R_ALL         0x7ff
/** What is a member of a collection and has an entity tag. */
#define XC_R_MEMBERS     (XC_R_OBJECT | XC_R_MESSAGE)
#define XC_R_COLLECTIONS (XC_R_ALL & ~XC_R_MEMBERS)
/** Collections with a change log. */
#define XC_R_LOGGED      (XC_R_CALENDAR | XC_R_INBOX)
/** What belongs to one account. */
#define XC_R_OWNED       (XC_R_PRINCIPAL | XC_R_PROXY | XC_R_HOME | XC_R_LOGGED | XC_R_OUTBOX | XC_R_MEMBERS)

/** The segments of a home that name the two scheduling collections. */
#define XC_SEGMENT_INBOX  "inbox"
#define XC_SEGMENT_OUTBOX "outbox"
/** The segments of a principal that name its two groups. */
#define XC_SEGMENT_PROXY_READ  "calendar-proxy-read"
#define XC_SEGMENT_PROXY_WRITE "calendar-proxy-write"

typedef enum xc_layout_e { XC_LAYOUT_OWN, XC_LAYOUT_DAVMAIL, XC_LAYOUT_BARE } xc_layout_e;

/** Longest decoded segment, in bytes. */
#define XC_SEGMENT_MAX_BYTES 255

typedef struct xc_path_t {
    xc_rkind_e kind;
    const char *address;  /* lower case; NULL unless of XC_R_OWNED */
    const char *calendar; /* decoded segment; of all below a home */
    const char *name;     /* decoded segment; XC_R_MEMBERS, XC_R_PROXY */
    int slash;            /* written with a trailing slash */
    xc_layout_e layout;
} xc_path_t;

/**
 * Read an absolute path as sent (percent-encoded, without query).
 * @param base where the gateway is mounted, no trailing slash, "" = root of the host
 * @return 400 when the path is malformed or tricky, 404 when nothing of ours has that shape,
 *         414 when a segment is too long
 */
xc_error_t *xc_path_parse(xc_path_t *out, const char *uri, const char *base, apr_pool_t *pool);

/**
 * Read a DAV:href, a Destination or an If resource tag: an absolute path or an absolute URL.
 * A query or fragment is refused.
 * @param host_url "https://cal.example.com:8443"; default ports may be left out on either side
 * @return as xc_path_parse(), and 502 for another host (RFC 4918 9.8.5)
 */
xc_error_t *xc_path_parse_url(xc_path_t *out, const char *url, const char *host_url, const char *base, apr_pool_t *pool);

/** The canonical encoded path; collections end with a slash. On the pool. */
const char *xc_path_href(const xc_path_t *path, const char *base, xc_layout_e layout, apr_pool_t *pool);

/** Do both name the same resource? */
int xc_path_equal(const xc_path_t *a, const xc_path_t *b);

/** Percent-encode one segment: everything but unreserved characters and '@'. On the pool. */
const char *xc_path_encode(const char *segment, apr_pool_t *pool);

#endif
