/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xml.h"

#include <apr_strings.h>
#include <libxml/parser.h>
#include <string.h>

static apr_status_t free_doc(void *doc)
{
    xmlFreeDoc(doc);
    return APR_SUCCESS;
}

static void quiet(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

xmlDocPtr lab_xml_parse(apr_pool_t *pool, const char *text, size_t len, const char **why,
                        int *line, int *column)
{
    *why = NULL;
    *line = *column = 0;
    if (len == 0 || len > 64 * 1024 * 1024) {
        *why = "Root element is missing.";
        return NULL;
    }
    xmlParserCtxtPtr ctx = xmlNewParserCtxt();
    if (!ctx) {
        *why = "out of memory";
        return NULL;
    }
    ctx->sax->error = quiet;
    ctx->sax->warning = quiet;
    xmlDocPtr doc = xmlCtxtReadMemory(ctx, text, (int)len, NULL, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    if (doc && doc->intSubset) {
        *why = "For security reasons DTD is prohibited in this XML document.";
    } else if (!doc) {
        const xmlError *e = xmlCtxtGetLastError(ctx);
        char *said = apr_pstrdup(pool, e && e->message ? e->message : "not well-formed");
        said[strcspn(said, "\r\n")] = '\0';
        *why = said;
        if (e) {
            *line = e->line;
            *column = e->int2;
        }
    }
    xmlFreeParserCtxt(ctx);
    if (doc && *why) {
        xmlFreeDoc(doc);
        return NULL;
    }
    if (doc)
        apr_pool_cleanup_register(pool, doc, free_doc, apr_pool_cleanup_null);
    return doc;
}

bool lab_xml_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE &&
           !strcmp((const char *)node->name, name);
}

static xmlNodePtr element_from(xmlNodePtr node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

xmlNodePtr lab_xml_first(const xmlNode *node)
{
    return node ? element_from(node->children) : NULL;
}

xmlNodePtr lab_xml_next(const xmlNode *node)
{
    return node ? element_from(node->next) : NULL;
}

xmlNodePtr lab_xml_child(const xmlNode *node, const char *name)
{
    for (xmlNodePtr c = lab_xml_first(node); c; c = lab_xml_next(c))
        if (lab_xml_is(c, name))
            return c;
    return NULL;
}

const char *lab_xml_text(apr_pool_t *pool, const xmlNode *node)
{
    if (!node)
        return NULL;
    const xmlNode *only = node->children;
    if (!only)
        return "";
    if (only->type == XML_TEXT_NODE && !only->next)
        return apr_pstrdup(pool, (const char *)only->content);
    xmlChar *all = xmlNodeGetContent(node);
    const char *copy = all ? apr_pstrdup(pool, (const char *)all) : "";
    xmlFree(all);
    return copy;
}

const char *lab_xml_child_text(apr_pool_t *pool, const xmlNode *node, const char *name)
{
    return lab_xml_text(pool, lab_xml_child(node, name));
}

const char *lab_xml_attr(apr_pool_t *pool, const xmlNode *node, const char *name)
{
    if (!node)
        return NULL;
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (a->ns || strcmp((const char *)a->name, name))
            continue;
        if (!a->children)
            return "";
        return lab_xml_text(pool, (const xmlNode *)a);
    }
    return NULL;
}

bool lab_xml_bool(const char *text, bool otherwise)
{
    if (!text)
        return otherwise;
    while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r')
        text++;
    return !strncmp(text, "true", 4) || *text == '1';
}
