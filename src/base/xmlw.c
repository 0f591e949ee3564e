/* SPDX-License-Identifier: Apache-2.0 */
/* Writing XML: xmlTextWriter, with the prefixes in scope kept here. */
#include "base/xml.h"

#include <apr_strings.h>
#include <libxml/xmlwriter.h>
#include <limits.h>
#include <string.h>

/* A namespace declaration in scope: on the element at `depth` (1 = root). */
typedef struct scope_t {
    const char *prefix; /* "" = the default namespace */
    const char *uri;
    int depth;
} scope_t;

struct xc_xmlw_t {
    xc_buf_t *buf;
    xmlTextWriter *writer;
    apr_array_header_t *scopes; /* scope_t; entries deeper than `depth` are waiting for a start */
    apr_pool_t *pool;
    int depth;
    int generated; /* prefixes made up so far */
    int failed;
};

static int to_buf(void *ctx, const char *data, int len)
{
    xc_buf_append(ctx, data, (apr_size_t)len);
    return len;
}

static apr_status_t free_writer(void *p)
{
    xc_xmlw_t *w = p;
    if (w->writer)
        xmlFreeTextWriter(w->writer);
    w->writer = NULL;
    return APR_SUCCESS;
}

xc_xmlw_t *xc_xmlw_make(xc_buf_t *buf, apr_pool_t *pool)
{
    xc_xmlw_t *w = apr_pcalloc(pool, sizeof(*w));
    xmlOutputBuffer *out = xmlOutputBufferCreateIO(to_buf, NULL, buf, NULL);

    w->buf = buf;
    w->pool = pool;
    w->scopes = apr_array_make(pool, 8, sizeof(scope_t));
    /* bound everywhere, and to no other prefix (Namespaces in XML 3) */
    *(scope_t *)apr_array_push(w->scopes) = (scope_t){ "xml", (const char *)XML_XML_NAMESPACE, 0 };
    w->writer = out ? xmlNewTextWriter(out) : NULL;
    if (out && !w->writer)
        xmlOutputBufferClose(out);
    apr_pool_cleanup_register(pool, w, free_writer, apr_pool_cleanup_null);
    w->failed = !w->writer || xmlTextWriterStartDocument(w->writer, NULL, "UTF-8", NULL) < 0;
    return w;
}

static void add_scope(xc_xmlw_t *w, const char *prefix, const char *uri)
{
    scope_t *s = apr_array_push(w->scopes);
    s->prefix = apr_pstrdup(w->pool, prefix);
    s->uri = apr_pstrdup(w->pool, uri);
    s->depth = w->depth + 1;
}

void xc_xmlw_ns(xc_xmlw_t *w, const char *prefix, const char *uri)
{
    add_scope(w, prefix ? prefix : "", uri ? uri : "");
}

/* What a prefix means here; NULL when it means nothing. */
static const char *uri_of(const xc_xmlw_t *w, const char *prefix)
{
    const scope_t *s = (const scope_t *)w->scopes->elts;
    int i;

    for (i = w->scopes->nelts - 1; i >= 0; i--) {
        if (strcmp(s[i].prefix, prefix) == 0)
            return s[i].uri;
    }
    return NULL;
}

/* The prefix of a namespace, declared on the element about to start if it must be. */
static const char *prefix_for(xc_xmlw_t *w, const char *uri)
{
    const scope_t *s = (const scope_t *)w->scopes->elts;
    const char *prefix;
    int i;

    if (!*uri) {
        const char *dflt = uri_of(w, "");
        if (dflt && *dflt)
            add_scope(w, "", "");
        return "";
    }
    for (i = w->scopes->nelts - 1; i >= 0; i--) {
        if (strcmp(s[i].uri, uri) == 0 && uri_of(w, s[i].prefix) == s[i].uri)
            return s[i].prefix;
    }
    do {
        prefix = apr_psprintf(w->pool, "n%d", ++w->generated);
    } while (uri_of(w, prefix));
    add_scope(w, prefix, uri);
    return prefix;
}

static const char *qualified(apr_pool_t *pool, const char *prefix, const char *name)
{
    return *prefix ? apr_pstrcat(pool, prefix, ":", name, NULL) : name;
}

void xc_xmlw_start(xc_xmlw_t *w, const char *ns, const char *name)
{
    const char *prefix = prefix_for(w, ns ? ns : "");
    char stack[128];
    const char *qname;
    int i;

    if (w->failed)
        return;
    /* the common case must not cost pool memory: a multistatus has millions of elements */
    if (strlen(prefix) + strlen(name) + 2 <= sizeof(stack)) {
        apr_snprintf(stack, sizeof(stack), "%s%s%s", prefix, *prefix ? ":" : "", name);
        qname = stack;
    } else {
        qname = qualified(w->pool, prefix, name);
    }
    w->failed = xmlTextWriterStartElement(w->writer, (const xmlChar *)qname) < 0;
    w->depth++;
    for (i = w->scopes->nelts - 1; i >= 0; i--) {
        const scope_t *s = &APR_ARRAY_IDX(w->scopes, i, scope_t);
        if (s->depth != w->depth)
            break;
        xmlTextWriterWriteAttribute(w->writer,
                                    (const xmlChar *)(*s->prefix ? qualified(w->pool, "xmlns", s->prefix)
                                                                 : "xmlns"),
                                    (const xmlChar *)s->uri);
    }
}

void xc_xmlw_attr(xc_xmlw_t *w, const char *name, const char *value)
{
    if (w->failed)
        return;
    value = xc_xml_clean_text(value ? value : "", w->pool);
    w->failed = xmlTextWriterWriteAttribute(w->writer, (const xmlChar *)name,
                                            (const xmlChar *)value) < 0;
}

void xc_xmlw_text(xc_xmlw_t *w, const char *text)
{
    if (w->failed || !text || !*text)
        return;
    text = xc_xml_clean_text(text, w->pool);
    w->failed = xmlTextWriterWriteString(w->writer, (const xmlChar *)text) < 0;
}

void xc_xmlw_text_len(xc_xmlw_t *w, const char *text, apr_size_t len)
{
    apr_pool_t *sub;

    if (w->failed || !text || !len)
        return;
    /* XML has no NUL, and xmlTextWriter ends at one */
    if (apr_pool_create(&sub, w->pool) != APR_SUCCESS) {
        w->failed = 1;
        return;
    }
    char *copy = apr_pstrmemdup(sub, text, len);
    char *end = copy + len, *nul = copy;
    while ((nul = memchr(nul, '\0', (apr_size_t)(end - nul))) != NULL)
        *nul = '\1'; /* replaced with all other forbidden characters */
    w->failed = xmlTextWriterWriteString(w->writer, (const xmlChar *)xc_xml_clean_text(copy, sub)) < 0;
    apr_pool_destroy(sub);
}

void xc_xmlw_end(xc_xmlw_t *w)
{
    if (w->failed || w->depth <= 0)
        return;
    w->failed = xmlTextWriterEndElement(w->writer) < 0;
    while (w->scopes->nelts > 0 &&
           APR_ARRAY_IDX(w->scopes, w->scopes->nelts - 1, scope_t).depth >= w->depth)
        apr_array_pop(w->scopes);
    w->depth--;
}

void xc_xmlw_element(xc_xmlw_t *w, const char *ns, const char *name, const char *text)
{
    xc_xmlw_start(w, ns, name);
    xc_xmlw_text(w, text);
    xc_xmlw_end(w);
}

void xc_xmlw_raw(xc_xmlw_t *w, const char *xml)
{
    if (w->failed || !xml || !*xml)
        return;
    w->failed = xmlTextWriterWriteRaw(w->writer, (const xmlChar *)xml) < 0;
}

void xc_xmlw_flush(xc_xmlw_t *w)
{
    if (w->writer)
        xmlTextWriterFlush(w->writer);
}

xc_error_t *xc_xmlw_finish(xc_xmlw_t *w, apr_pool_t *pool)
{
    if (!w->failed)
        w->failed = xmlTextWriterEndDocument(w->writer) < 0;
    xc_xmlw_flush(w);
    w->depth = 0;
    if (w->failed || w->buf->overflow)
        return xc_error_make(pool, 500, XC_COND_NONE, "The answer has become too large.");
    return NULL;
}
