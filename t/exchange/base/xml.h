/* SPDX-License-Identifier: Apache-2.0 */
/* Reading requests: a bounded libxml2 tree and short ways to walk it by local name. */
#ifndef LAB_XML_H
#define LAB_XML_H

#include <apr_pools.h>
#include <libxml/tree.h>
#include <stdbool.h>

#define LAB_NS_TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define LAB_NS_MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define LAB_NS_ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"
#define LAB_NS_SOAP     "http://schemas.xmlsoap.org/soap/envelope/"

/* Parses `len` bytes. The tree lives as long as `pool`. NULL when the text is no
 * well-formed XML, has a DOCTYPE, or is nested too deeply; `*why` (on `pool`) then says
 * so, with line and position in `*line` and `*column`. */
xmlDocPtr lab_xml_parse(apr_pool_t *pool, const char *text, size_t len, const char **why,
                        int *line, int *column);
/* True when the node is an element with this local name. */
bool lab_xml_is(const xmlNode *node, const char *name);
/* First child element; with `name`, the first of this local name. NULL when none, and
 * when `node` is NULL. */
xmlNodePtr lab_xml_first(const xmlNode *node);
xmlNodePtr lab_xml_child(const xmlNode *node, const char *name);
/* Next sibling element, NULL at the end. */
xmlNodePtr lab_xml_next(const xmlNode *node);
/* All text below the node, on `pool`; "" for an empty one, NULL when `node` is NULL. */
const char *lab_xml_text(apr_pool_t *pool, const xmlNode *node);
/* The text of a child element, NULL when there is none. */
const char *lab_xml_child_text(apr_pool_t *pool, const xmlNode *node, const char *name);
/* An attribute's value on `pool`, NULL when absent. */
const char *lab_xml_attr(apr_pool_t *pool, const xmlNode *node, const char *name);
/* An xs:boolean; `otherwise` for NULL. */
bool lab_xml_bool(const char *text, bool otherwise);

#endif
