/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file xml.h
 * XML in and out, safely. Reading: libxml2's tree with no network, no entities, no DTD (any
 * DOCTYPE is refused), bounded depth, size and node count. Writing: xmlTextWriter with
 * namespaces declared once on the root.
 */
#ifndef XC_BASE_XML_H
#define XC_BASE_XML_H

#include <apr_pools.h>
#include <libxml/tree.h>

#include "base/buf.h"
#include "base/error.h"

/** Once per process, before threads; counterpart of libxml2's xmlInitParser(). */
void xc_xml_init(void);

/**
 * Parse a whole document.
 * @param out  the root element; the tree is freed with the pool
 * @return 400 when it is not well-formed, has a DOCTYPE, is empty, or is deeper or larger than
 *         the limits (64 levels; 200 000 nodes)
 */
xc_error_t *xc_xml_parse(xmlNode **out, const char *data, apr_size_t len, apr_pool_t *pool);

/** The same for the answer of a back end, whose bytes are bounded already: 4 000 000 nodes. */
xc_error_t *xc_xml_parse_large(xmlNode **out, const char *data, apr_size_t len, apr_pool_t *pool);

/** Is it the element {ns}name? NULL-safe. ns NULL matches any namespace. */
int xc_xml_is(const xmlNode *node, const char *ns, const char *name);
/** First child element, or the first named one; NULL if there is none. ns NULL = any namespace, name NULL = any name. */
xmlNode *xc_xml_child(const xmlNode *node, const char *ns, const char *name);
/** Next sibling element, or the next named one. */
xmlNode *xc_xml_next(const xmlNode *node, const char *ns, const char *name);
/** Text content of an element, on the pool; "" when empty; NULL when node is NULL. */
const char *xc_xml_text(const xmlNode *node, apr_pool_t *pool);
/** Text of the child element {ns}name, NULL when there is no such child. */
const char *xc_xml_child_text(const xmlNode *node, const char *ns, const char *name, apr_pool_t *pool);
/** Attribute without namespace, on the pool; NULL when absent. */
const char *xc_xml_attr(const xmlNode *node, const char *name, apr_pool_t *pool);
/** Namespace URI of an element, "" when it has none. */
const char *xc_xml_ns(const xmlNode *node);

/** The element and all below it as text that declares its own namespaces (dead properties). */
const char *xc_xml_serialize(xmlNode *node, apr_pool_t *pool);

/** Can this text stand in an XML 1.0 document? (UTF-8, no control characters but TAB CR LF) */
int xc_xml_valid_text(const char *text, apr_size_t len);
/** A copy with everything XML 1.0 cannot carry replaced by U+FFFD; the same pointer when clean. */
const char *xc_xml_clean_text(const char *text, apr_pool_t *pool);

/* ---- writing ---- */

typedef struct xc_xmlw_t xc_xmlw_t;

/** A writer that appends to `buf`; writes the XML declaration. Freed with the pool. */
xc_xmlw_t *xc_xmlw_make(xc_buf_t *buf, apr_pool_t *pool);
/** Declare a prefix on the next element started; call before the root's start. */
void xc_xmlw_ns(xc_xmlw_t *w, const char *prefix, const char *uri);
/**
 * Start {ns}name. The prefix is the one declared for ns; an undeclared namespace is declared
 * on the element itself; ns "" or NULL = no namespace.
 */
void xc_xmlw_start(xc_xmlw_t *w, const char *ns, const char *name);
/** An attribute of the element just started. */
void xc_xmlw_attr(xc_xmlw_t *w, const char *name, const char *value);
/** Escaped text; characters XML cannot carry become U+FFFD. */
void xc_xmlw_text(xc_xmlw_t *w, const char *text);
void xc_xmlw_text_len(xc_xmlw_t *w, const char *text, apr_size_t len);
void xc_xmlw_end(xc_xmlw_t *w);
/** start + text + end; text NULL or "" gives an empty element. */
void xc_xmlw_element(xc_xmlw_t *w, const char *ns, const char *name, const char *text);
/** Insert text that is XML already (from xc_xml_serialize). */
void xc_xmlw_raw(xc_xmlw_t *w, const char *xml);
/** Push what is buffered into `buf` (a multistatus that is streamed in parts). */
void xc_xmlw_flush(xc_xmlw_t *w);
/** Close all open elements and flush. @return 500 when the buffer's bound was passed */
xc_error_t *xc_xmlw_finish(xc_xmlw_t *w, apr_pool_t *pool);

#endif
