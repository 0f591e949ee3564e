/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files attached to an object: their URLs in calendar data, GET of one, and the POST actions of managed attachments
 * (RFC 8607 3). A file's URL is its object's with ?attachment=<managed-id>, so that who may read the one may read the other.
 */
#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

#define QUERY "?" XC_ATTACHMENT "="

/* ---- URLs in calendar data ---- */

static const char *prefix_of(const xc_dav_t *d, const xc_path_t *path, apr_pool_t *pool)
{
    return apr_pstrcat(pool, d->req->host_url ? d->req->host_url : "", xc_resource_href(d, path, pool), QUERY, NULL);
}

void xc_files_show(xc_dav_t *d, const xc_path_t *path, xc_loaded_t *loaded, apr_pool_t *pool)
{
    if (loaded->text && strstr(loaded->text, "\nATTACH"))
        xc_files_to_urls(&loaded->text, &loaded->len, loaded->text, loaded->len, prefix_of(d, path, pool), pool);
}

typedef struct hide_t {
    xc_dav_t *d;
    apr_hash_t *files;       /* key -> xc_newfile_t * */
    apr_hash_t *missed;      /* object and key that led to nothing -> anything */
} hide_t;

static xc_error_t *find_file(xc_newfile_t **out, hide_t *h, const xc_path_t *path, const char *key)
{
    apr_pool_t *pool = h->d->pool; /* the file outlives the walk over the text */
    xc_calendar_t *cal;
    xc_item_t *item = NULL;
    *out = NULL;
    XC_TRY(xc_resource_calendar_at(&cal, h->d, path));
    if (cal)
        XC_TRY(xc_calendar_item(&item, cal, path->name, pool));
    return item ? xc_calendar_file(out, cal, item, key, pool) : NULL;
}

/*
 * A file of another object travels along: the client copies an event, or moves it by PUT and DELETE. However often it
 * is named, it is fetched once; what cannot be had is not asked for without end.
 */
static const char *bring_along(hide_t *h, const xc_path_t *path, const char *key)
{
    const char *missed = apr_pstrcat(h->d->pool, key, xc_resource_href(h->d, path, h->d->pool), NULL);
    unsigned max = (unsigned)h->d->req->cfg->max_files;
    xc_newfile_t *file;
    if (apr_hash_get(h->files, key, APR_HASH_KEY_STRING))
        return key;
    if (apr_hash_count(h->files) > max || apr_hash_count(h->missed) > max || apr_hash_get(h->missed, missed, APR_HASH_KEY_STRING))
        return NULL;
    xc_error_t *err = find_file(&file, h, path, key);
    if (!file) {
        apr_hash_set(h->missed, missed, APR_HASH_KEY_STRING, "");
        xc_log(h->d->req->log, XC_LOG_INFO, "an attachment that an event brings along stays where it is: %s", err ? err->message : "no such event");
        return NULL;
    }
    apr_hash_set(h->files, file->key, APR_HASH_KEY_STRING, file);
    return file->key;
}

/* Which object of ours does a URL before its query name? *other: it names another host, which may be this one under another name. */
static int path_of(xc_path_t *path, int *other, const hide_t *h, const char *url)
{
    const xc_req_t *req = h->d->req;
    const char *scheme = strstr(url, "://"), *start = scheme ? strchr(scheme + 3, '/') : NULL;
    xc_error_t *err = xc_path_parse_url(path, url, req->host_url, req->cfg->base, h->d->pool);
    *other = err && err->status == 502 && start;
    if (*other)
        err = xc_path_parse(path, start, req->cfg->base, h->d->pool);
    return !err && path->kind == XC_R_OBJECT;
}

static const char *key_of(void *ctx, const char *uri, apr_pool_t *pool)
{
    hide_t *h = ctx;
    xc_path_t path;
    const char *query = strstr(uri, QUERY);
    int other;
    if (!query || !xc_file_is_key(query + sizeof(QUERY) - 1) || !path_of(&path, &other, h, apr_pstrmemdup(pool, uri, (apr_size_t)(query - uri))))
        return NULL;
    const char *key = apr_pstrdup(h->d->pool, query + sizeof(QUERY) - 1);
    return !other && xc_path_equal(&path, &h->d->path) ? key : bring_along(h, &path, key);
}

apr_hash_t *xc_files_hide(xc_dav_t *d, const xc_calendar_t *cal, const char **text, apr_size_t *len)
{
    hide_t h = { d, apr_hash_make(d->pool), apr_hash_make(d->pool) };
    if (!(cal->components & XC_COMP_VEVENT))
        return h.files; /* a link to an event's file stays a link */
    if (strstr(*text, XC_ATTACHMENT "=") || strstr(*text, "\n ") || strstr(*text, "\n\t")) /* a fold may lie anywhere */
        xc_files_from_urls(text, len, *text, *len, key_of, &h, d->pool);
    return h.files;
}

/* ---- GET ---- */

xc_error_t *xc_get_file(xc_dav_t *d, const char *key)
{
    xc_resource_t *r;
    xc_newfile_t *file;
    XC_TRY(xc_resource_self(&r, d));
    if (!xc_file_is_key(key))
        return xc_error_make(d->pool, 404, XC_COND_NONE, "There is no such attachment.");
    xc_reply_etag(d, key); /* the content never changes under its key */
    if (xc_precond_not_modified(d, key)) {
        xc_reply_empty(d, 304);
        return NULL;
    }
    XC_TRY(xc_calendar_file(&file, r->cal, r->item, key, d->pool));
    /* somebody else's file is never to run as a page of this host */
    xc_reply_header(d, "X-Content-Type-Options", "nosniff");
    xc_reply_header(d, "Content-Security-Policy", "default-src 'none'; sandbox");
    xc_reply_header(d, "Content-Disposition", apr_pstrcat(d->pool, "attachment; filename*=UTF-8''", xc_path_encode(file->name, d->pool), NULL));
    xc_reply_data(d, 200, file->type, (const char *)file->data, file->len);
    return NULL;
}

/* ---- POST ?action=attachment-… ---- */

/* What is no UTF-8 is taken as ISO 8859-1, in which headers once were. */
static const char *as_utf8(const char *name, apr_pool_t *pool)
{
    if (!name || xc_xml_valid_text(name, strlen(name)))
        return name;
    char *out = apr_palloc(pool, 2 * strlen(name) + 1), *w = out;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p >= 0x80)
            *w++ = (char)(0xC0 | *p >> 6);
        *w++ = (char)(*p < 0x80 ? *p : 0x80 | (*p & 0x3F));
    }
    *w = '\0';
    return out;
}

/* filename of a Content-Disposition (RFC 6266); filename* in UTF-8 wins. NULL when there is none. */
static const char *disposition_name(const xc_dav_t *d)
{
    const char *header = xc_ask_header(d, "Content-Disposition"), *plain = NULL;
    for (const char *p = header ? strchr(header, ';') : NULL; p; p = strchr(p, ';')) {
        p++;
        while (apr_isspace(*p))
            p++;
        if (!strncasecmp(p, "filename*=", 10)) {
            const char *value = p + 10;
            if (strncasecmp(value, "UTF-8'", 6) || !(value = strchr(value + 6, '\'')))
                continue;
            value = apr_pstrmemdup(d->pool, value + 1, strcspn(value + 1, "; \t"));
            value = apr_punescape_url(d->pool, value, NULL, NULL, 0);
            if (value && *value)
                return as_utf8(value, d->pool);
        }
        else if (!strncasecmp(p, "filename=", 9)) {
            p += 9;
            if (*p == '"') {
                char *out = apr_pstrdup(d->pool, ++p), *w = out;
                for (; *p && *p != '"'; p++) {
                    if (*p == '\\' && p[1])
                        p++;
                    *w++ = *p;
                }
                *w = '\0';
                plain = out;
            }
            else
                plain = apr_pstrmemdup(d->pool, p, strcspn(p, "; \t"));
        }
    }
    return as_utf8(plain, d->pool);
}

/* ?rid=M,20270101T090000Z: NULL in *out when it is not said. */
static xc_error_t *read_rids(apr_array_header_t **out, const xc_dav_t *d)
{
    const char *value = xc_ask_query_value(d, "rid", d->pool);
    *out = NULL;
    if (!value)
        return NULL;
    *out = apr_array_make(d->pool, 4, sizeof(const char *));
    char *last = NULL, *list = apr_pstrdup(d->pool, value);
    for (char *part = apr_strtok(list, ",", &last); part; part = apr_strtok(NULL, ",", &last)) {
        if ((*out)->nelts >= 500)
            return xc_error_make(d->pool, 0, XC_COND_VALID_RID, "That are too many occurrences.");
        APR_ARRAY_PUSH(*out, const char *) = part;
    }
    return (*out)->nelts ? NULL : xc_error_make(d->pool, 0, XC_COND_VALID_RID, "rid names no occurrence.");
}

typedef struct action_t {
    const char *name;
    int takes_id, takes_file, takes_rid;
    int status;              /* of success */
} action_t;

static const action_t actions[] = {
    { "attachment-add", 0, 1, 1, 201 },
    { "attachment-update", 1, 1, 0, 200 },
    { "attachment-remove", 1, 0, 1, 204 },
    { NULL, 0, 0, 0, 0 },
};

static xc_error_t *read_file(xc_newfile_t **file, xc_dav_t *d)
{
    char *data;
    apr_size_t len, max = d->req->cfg->max_file_bytes;
    xc_error_t *err = d->req->read_body(d->req, &data, &len, max);
    if (err && err->status == 413)
        return xc_error_make(d->pool, 0, XC_COND_MAX_ATTACHMENT_SIZE, "An attachment can have %" APR_SIZE_T_FMT " bytes here.", max);
    XC_TRY(err);
    *file = apr_pcalloc(d->pool, sizeof(**file));
    **file = (xc_newfile_t){ .name = disposition_name(d), .type = xc_ask_header(d, "Content-Type"), .data = (const unsigned char *)data, .len = len };
    return NULL;
}

xc_error_t *xc_method_attach(xc_dav_t *d)
{
    const char *name = xc_ask_query_value(d, "action", d->pool), *id = xc_ask_query_value(d, "managed-id", d->pool);
    const action_t *action = actions;
    apr_array_header_t *rids;
    xc_newfile_t *file = NULL;
    xc_put_result_t result = { 0 };
    xc_expect_t expect = xc_ask_expect(d);
    xc_resource_t *r;
    while (action->name && (!name || strcmp(action->name, name)))
        action++;
    if (!action->name)
        return xc_error_make(d->pool, 0, XC_COND_VALID_ACTION, "POST to an event adds, updates or removes an attachment (?action=attachment-add …).");
    d->req->op = action->name;
    if (!id != !action->takes_id || (id && !xc_file_is_key(id)))
        return xc_error_make(d->pool, 0, XC_COND_VALID_MANAGED_ID, action->takes_id ? "managed-id names no attachment." : "An attachment that is added has no managed-id yet.");
    XC_TRY(read_rids(&rids, d));
    if (rids && !action->takes_rid)
        return xc_error_make(d->pool, 0, XC_COND_VALID_RID, "An attachment is updated in all occurrences.");
    XC_TRY(xc_resource_self(&r, d));
    if (action->takes_file)
        XC_TRY(read_file(&file, d));
    xc_error_t *err = xc_calendar_edit_file(&result, r->cal, d->path.name, id, &file, rids, &expect, d->pool);
    if (err)
        return xc_reply_conflict(d, r->cal, err);
    if (file) {
        xc_reply_header(d, "Cal-Managed-ID", file->key);
        if (action->status == 201)
            xc_reply_header(d, "Location", apr_pstrcat(d->pool, prefix_of(d, &d->path, d->pool), file->key, NULL));
    }
    return xc_reply_object(d, r->cal, &result.item, action->status);
}
