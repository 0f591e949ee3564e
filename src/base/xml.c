/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XML: libxml2's tree builder behind SAX hooks that count, and refuse a DOCTYPE. */
#include "base/xml.h"

#include <apr_strings.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlsave.h>
#include <limits.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_NODES = 200000, MAX_NODES_LARGE = 4000000 };

/* One parse; hangs on the parser context, so that no state is global. */
typedef struct parse_state_t {
    int depth, nodes, max_nodes;
    const char *refused; /* why it was stopped, NULL = it was not */
    int line;
    char what[160];      /* libxml2's first complaint */
} parse_state_t;

void xc_xml_init(void)
{
    xmlInitParser();
}

static void refuse(xmlParserCtxt *ctxt, const char *why)
{
    parse_state_t *st = ctxt->_private;
    if (!st->refused)
        st->refused = why;
    xmlStopParser(ctxt);
}

static void count_nodes(xmlParserCtxt *ctxt, int n)
{
    parse_state_t *st = ctxt->_private;
    if (n > st->max_nodes - st->nodes)
        refuse(ctxt, "it has too many nodes");
    else
        st->nodes += n;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nb_ns, const xmlChar **namespaces, int nb_attrs, int nb_defaulted,
                     const xmlChar **attrs)
{
    xmlParserCtxt *ctxt = ctx;
    parse_state_t *st = ctxt->_private;

    if (++st->depth > MAX_DEPTH)
        refuse(ctxt, "its elements are nested too deeply");
    count_nodes(ctxt, 1 + nb_ns + nb_attrs);
    if (!st->refused)
        xmlSAX2StartElementNs(ctx, name, prefix, uri, nb_ns, namespaces, nb_attrs, nb_defaulted,
                              attrs);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    xmlParserCtxt *ctxt = ctx;
    parse_state_t *st = ctxt->_private;

    st->depth--;
    if (!st->refused)
        xmlSAX2EndElementNs(ctx, name, prefix, uri);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    refuse(ctx, "it has a DOCTYPE");
}

static void on_comment(void *ctx, const xmlChar *text)
{
    (void)text; /* not kept: text around a comment is one text */
    count_nodes(ctx, 1);
}

static void on_pi(void *ctx, const xmlChar *target, const xmlChar *data)
{
    (void)target;
    (void)data;
    count_nodes(ctx, 1);
}

static void on_error(void *ctx, xmlError *error)
{
    xmlParserCtxt *ctxt = ctx;
    parse_state_t *st = ctxt ? ctxt->_private : NULL;
    char *end;

    if (!st || st->what[0] || error->level < XML_ERR_ERROR)
        return;
    st->line = error->line;
    apr_cpystrn(st->what, error->message ? error->message : "not well-formed", sizeof(st->what));
    if ((end = strpbrk(st->what, "\r\n")) != NULL)
        *end = '\0';
}

static apr_status_t free_doc(void *doc)
{
    xmlFreeDoc(doc);
    return APR_SUCCESS;
}

static xmlParserCtxt *make_parser(parse_state_t *st)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();

    if (!ctxt)
        return NULL;
    ctxt->_private = st;
    ctxt->sax->startElementNs = on_start;
    ctxt->sax->endElementNs = on_end;
    ctxt->sax->internalSubset = on_doctype;
    ctxt->sax->externalSubset = NULL;
    ctxt->sax->resolveEntity = NULL;
    ctxt->sax->comment = on_comment;
    ctxt->sax->processingInstruction = on_pi;
    ctxt->sax->serror = on_error;
    return ctxt;
}

static xc_error_t *parse(xmlNode **out, const char *data, apr_size_t len, int max_nodes, apr_pool_t *pool)
{
    parse_state_t st = {.max_nodes = max_nodes};
    xmlParserCtxt *ctxt;
    xmlDoc *doc;
    int good;

    *out = NULL;
    if (!data || !len || len > INT_MAX)
        return xc_error_make(pool, 400, XC_COND_NONE, "The XML document is %s.",
                             len ? "too large" : "empty");
    if (!(ctxt = make_parser(&st)))
        return xc_error_make(pool, 500, XC_COND_NONE, "Out of memory.");
    doc = xmlCtxtReadMemory(ctxt, data, (int)len, NULL, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOWARNING |
                                XML_PARSE_COMPACT);
    /* a namespace error (an undeclared prefix) is not "well-formedness" to libxml2, but to us */
    good = doc && ctxt->wellFormed && ctxt->nsWellFormed && !st.refused && !st.what[0];
    xmlFreeParserCtxt(ctxt);
    if (good && xmlDocGetRootElement(doc)) {
        apr_pool_cleanup_register(pool, doc, free_doc, apr_pool_cleanup_null);
        *out = xmlDocGetRootElement(doc);
        return NULL;
    }
    if (doc)
        xmlFreeDoc(doc);
    if (st.refused)
        return xc_error_make(pool, 400, XC_COND_NONE, "The XML document is refused: %s.",
                             st.refused);
    return xc_error_make(pool, 400, XC_COND_NONE, "The XML document is not well-formed, line %d: %s.",
                         st.line, xc_xml_clean_text(st.what[0] ? st.what : "no document", pool));
}

xc_error_t *xc_xml_parse(xmlNode **out, const char *data, apr_size_t len, apr_pool_t *pool)
{
    return parse(out, data, len, MAX_NODES, pool);
}

xc_error_t *xc_xml_parse_large(xmlNode **out, const char *data, apr_size_t len, apr_pool_t *pool)
{
    return parse(out, data, len, MAX_NODES_LARGE, pool);
}

int xc_xml_is(const xmlNode *node, const char *ns, const char *name)
{
    if (!node || node->type != XML_ELEMENT_NODE)
        return 0;
    if (name && strcmp((const char *)node->name, name) != 0)
        return 0;
    return !ns || strcmp(xc_xml_ns(node), ns) == 0;
}

static xmlNode *find_from(xmlNode *node, const char *ns, const char *name)
{
    while (node && !xc_xml_is(node, ns, name))
        node = node->next;
    return node;
}

xmlNode *xc_xml_child(const xmlNode *node, const char *ns, const char *name)
{
    return node ? find_from(node->children, ns, name) : NULL;
}

xmlNode *xc_xml_next(const xmlNode *node, const char *ns, const char *name)
{
    return node ? find_from(node->next, ns, name) : NULL;
}

static void gather_text(const xmlNode *node, apr_array_header_t *parts)
{
    const xmlNode *n;

    for (n = node->children; n; n = n->next) {
        if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content)
            APR_ARRAY_PUSH(parts, const char *) = (const char *)n->content;
        else if (n->type == XML_ELEMENT_NODE)
            gather_text(n, parts); /* no deeper than MAX_DEPTH */
    }
}

const char *xc_xml_text(const xmlNode *node, apr_pool_t *pool)
{
    const xmlNode *only;
    apr_array_header_t *parts;

    if (!node)
        return NULL;
    if (!(only = node->children))
        return "";
    if (!only->next && only->type == XML_TEXT_NODE)
        return apr_pstrdup(pool, only->content ? (const char *)only->content : "");
    parts = apr_array_make(pool, 4, sizeof(const char *));
    gather_text(node, parts);
    return apr_array_pstrcat(pool, parts, '\0');
}

const char *xc_xml_child_text(const xmlNode *node, const char *ns, const char *name, apr_pool_t *pool)
{
    return xc_xml_text(xc_xml_child(node, ns, name), pool);
}

const char *xc_xml_attr(const xmlNode *node, const char *name, apr_pool_t *pool)
{
    const char *copy;
    xmlChar *value;

    if (!node || node->type != XML_ELEMENT_NODE)
        return NULL;
    value = xmlGetNoNsProp(node, (const xmlChar *)name);
    if (!value)
        return NULL;
    copy = apr_pstrdup(pool, (const char *)value);
    xmlFree(value);
    return copy;
}

const char *xc_xml_ns(const xmlNode *node)
{
    return node && node->type == XML_ELEMENT_NODE && node->ns && node->ns->href
               ? (const char *)node->ns->href
               : "";
}

/* RFC 4918 4.3: the language in scope belongs to a property's value. */
static void keep_language(xmlNode *copy, const xmlNode *node)
{
    xmlChar *lang = xmlNodeGetLang(node);
    xmlNs *xml_ns;

    if (!lang)
        return;
    xml_ns = xmlSearchNsByHref(copy->doc, copy, XML_XML_NAMESPACE);
    if (xml_ns && !xmlHasNsProp(copy, (const xmlChar *)"lang", XML_XML_NAMESPACE))
        xmlSetNsProp(copy, xml_ns, (const xmlChar *)"lang", lang);
    xmlFree(lang);
}

const char *xc_xml_serialize(xmlNode *node, apr_pool_t *pool)
{
    xmlBuffer *buf = xmlBufferCreate();
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *copy = doc ? xmlDocCopyNode(node, doc, 1) : NULL; /* declares what it uses */
    xmlSaveCtxt *save = NULL;
    const char *text = NULL;

    if (!buf || !copy)
        goto out;
    xmlDocSetRootElement(doc, copy);
    keep_language(copy, node);
    save = xmlSaveToBuffer(buf, "UTF-8", XML_SAVE_NO_DECL | XML_SAVE_AS_XML);
    if (!save)
        goto out;
    xmlSaveTree(save, copy);
out:
    if (save)
        xmlSaveClose(save);
    if (buf) {
        text = apr_pstrmemdup(pool, (const char *)xmlBufferContent(buf),
                              (apr_size_t)xmlBufferLength(buf));
        xmlBufferFree(buf);
    }
    if (copy && copy->parent != (xmlNode *)doc)
        xmlFreeNode(copy);
    if (doc)
        xmlFreeDoc(doc);
    return text ? text : "";
}
