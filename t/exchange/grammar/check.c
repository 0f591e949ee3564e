/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through a request, and what is said about it: the words of .NET's validating
 * reader. */
#include <string.h>

#include <apr_strings.h>

#include "grammar/model.h"

#define NS_XSI  "http://www.w3.org/2001/XMLSchema-instance"
#define NS_SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define NS_XS   "http://www.w3.org/2001/XMLSchema"
#define NS_XML  "http://www.w3.org/XML/1998/namespace"

/** A check under way. */
typedef struct walk_t {
    lab_version_t version;
    apr_pool_t *pool;
    const char *text; /* the first violation, NULL so far */
    xmlNodePtr at;    /* the element it belongs to */
    int at_end;       /* 1: its end tag */
} walk_t;

static int check_element(walk_t *w, xmlNodePtr element, const lab_gref_t *ref,
                         int is_header);

static int fail(walk_t *w, xmlNodePtr at, int at_end, const char *text)
{
    w->at = at;
    w->at_end = at_end;
    w->text = text;
    return 0;
}

static const char *ns_of(xmlNodePtr n)
{
    return n->ns != NULL && n->ns->href != NULL ? (const char *)n->ns->href : "";
}

/* "'Name' in namespace 'N'" */
static const char *in_namespace(const walk_t *w, const char *name, const char *ns)
{
    return *ns == '\0' ? apr_psprintf(w->pool, "'%s'", name)
                       : apr_psprintf(w->pool, "'%s' in namespace '%s'", name, ns);
}

static const char *named(const walk_t *w, xmlNodePtr n)
{
    return in_namespace(w, (const char *)n->name, ns_of(n));
}

static int is_blank(xmlNodePtr n)
{
    const char *p = (const char *)n->content;

    return p == NULL || p[strspn(p, " \t\r\n")] == '\0';
}

/* --- values --- */

static const char *value_type_name(const walk_t *w, const lab_gvalue_t *value)
{
    return apr_pstrcat(w->pool,
                       value->facets == NULL || strcmp(value->name, value->builtin) == 0
                           ? NS_XS
                           : LAB_NS_TYPES,
                       ":", value->name, NULL);
}

static int check_value(walk_t *w, xmlNodePtr element, const char *what, const char *kind,
                       const lab_gvalue_t *value, const char *text)
{
    const char *why = lab_gvalue_check(value, text, w->version, w->pool);

    if (why == NULL) {
        return 1;
    }
    return fail(
        w, element, 0,
        apr_psprintf(w->pool,
                     "The '%s' %s is invalid - The value '%s' is invalid according to "
                     "its datatype '%s' - %s",
                     what, kind, text, value_type_name(w, value), why));
}

/* --- attributes --- */

static const lab_gattr_t *find_attribute(const walk_t *w, const lab_gtype_t *type,
                                         const char *name)
{
    int i;

    for (i = 0; type != NULL && i < type->attrs->nelts; i++) {
        const lab_gattr_t *attr = &APR_ARRAY_IDX(type->attrs, i, lab_gattr_t);

        if (attr->since <= w->version && strcmp(attr->name, name) == 0) {
            return attr;
        }
    }
    return NULL;
}

static int check_attribute(walk_t *w, xmlNodePtr element, xmlAttrPtr a,
                           const lab_gtype_t *type, int is_header)
{
    const char *ns = a->ns != NULL ? (const char *)a->ns->href : "";
    const char *name = (const char *)a->name;
    const lab_gattr_t *attr;
    xmlChar *raw;
    int ok;

    if (strcmp(ns, NS_XSI) == 0 || (is_header && strcmp(ns, NS_SOAP) == 0)) {
        return 1;
    }
    if (strcmp(ns, NS_XML) == 0) {
        name = apr_pstrcat(w->pool, "xml:", name, NULL);
    } else if (*ns != '\0') {
        return fail(
            w, element, 0,
            apr_psprintf(w->pool, "The '%s:%s' attribute is not declared.", ns, name));
    }
    attr = find_attribute(w, type, name);
    if (attr == NULL) {
        return fail(w, element, 0,
                    apr_psprintf(w->pool, "The '%s' attribute is not declared.", name));
    }
    raw = xmlNodeListGetString(element->doc, a->children, 1);
    ok = check_value(w, element, name, "attribute", attr->value,
                     raw == NULL ? "" : (const char *)raw);
    xmlFree(raw);
    return ok;
}

static int check_attributes(walk_t *w, xmlNodePtr element, const lab_gtype_t *type,
                            int is_header)
{
    xmlAttrPtr a;
    int i;

    for (a = element->properties; a != NULL; a = a->next) {
        if (!check_attribute(w, element, a, type, is_header)) {
            return 0;
        }
    }
    for (i = 0; type != NULL && i < type->attrs->nelts; i++) {
        const lab_gattr_t *attr = &APR_ARRAY_IDX(type->attrs, i, lab_gattr_t);

        if (attr->is_required && attr->since <= w->version &&
            xmlHasNsProp(element, (const xmlChar *)attr->name, NULL) == NULL) {
            return fail(w, element, 0,
                        apr_psprintf(w->pool, "The required attribute '%s' is missing.",
                                     attr->name));
        }
    }
    return 1;
}

/* --- children --- */

static int has(const apr_uint64_t *set, int place)
{
    return (set[place / 64] >> (place % 64) & 1) != 0;
}

/* ". List of possible elements expected: 'A, B' in namespace 'N' as well as 'C' in ...",
 * or "." */
static const char *expected(const walk_t *w, const lab_gtype_t *type,
                            const apr_uint64_t *set)
{
    static const char *const spaces[] = {LAB_NS_TYPES, LAB_NS_MESSAGES};
    const char *list = "";
    int s, i, j;

    for (s = 0; s < 2; s++) {
        const char *names = "";

        for (i = 0; i < type->nplaces; i++) {
            if (!has(set, i) || strcmp(type->places[i]->ns, spaces[s]) != 0) {
                continue;
            }
            for (j = 0; j < i && !(has(set, j) && strcmp(type->places[i]->name,
                                                         type->places[j]->name) == 0);
                 j++) {
                continue;
            }
            if (j == i) {
                names = apr_pstrcat(w->pool, names, *names != '\0' ? ", " : "",
                                    type->places[i]->name, NULL);
            }
        }
        if (*names != '\0') {
            list = apr_pstrcat(w->pool, list, *list != '\0' ? " as well as " : "",
                               in_namespace(w, names, spaces[s]), NULL);
        }
    }
    return *list == '\0'
               ? "."
               : apr_pstrcat(w->pool, ". List of possible elements expected: ", list, ".",
                             NULL);
}

/** How far the content of an element has come. */
typedef struct progress_t {
    apr_uint64_t *next;     /* what may come */
    int may_end;            /* 1: nothing need come any more */
    const lab_gnode_t *now; /* what has come last */
} progress_t;

/* A child comes. The same name may have several places in the type: all are followed. */
static int advance(walk_t *w, const lab_gtype_t *type, const lab_gauto_t *a,
                   progress_t *at, xmlNodePtr child)
{
    apr_size_t words = (apr_size_t)a->words, k;
    apr_uint64_t *next = apr_pcalloc(w->pool, sizeof(*next) * words);
    int i, may_end = 0;

    at->now = NULL;
    for (i = 0; i < type->nplaces; i++) {
        if (has(at->next, i) &&
            strcmp(type->places[i]->name, (const char *)child->name) == 0 &&
            strcmp(type->places[i]->ns, ns_of(child)) == 0) {
            at->now = type->places[i];
            may_end |= a->is_last[i + 1];
            for (k = 0; k < words; k++) {
                next[k] |= a->next[((apr_size_t)i + 1) * words + k];
            }
        }
    }
    if (at->now != NULL) {
        at->next = next;
        at->may_end = may_end;
    }
    return at->now != NULL;
}

static int check_children(walk_t *w, xmlNodePtr element, const lab_gtype_t *type)
{
    const lab_gauto_t *a = lab_gmodel_auto(type, w->version);
    progress_t at = {a->next, a->is_last[0], NULL};
    xmlNodePtr n;

    for (n = element->children; n != NULL; n = n->next) {
        if ((n->type == XML_TEXT_NODE && !is_blank(n)) ||
            n->type == XML_CDATA_SECTION_NODE) {
            return fail(w, element, 0,
                        apr_psprintf(w->pool, "The element %s cannot contain text%s",
                                     named(w, element), expected(w, type, at.next)));
        }
        if (n->type != XML_ELEMENT_NODE) {
            continue;
        }
        if (!advance(w, type, a, &at, n)) {
            return fail(
                w, n, 0,
                apr_psprintf(w->pool, "The element %s has invalid child element %s%s",
                             named(w, element), named(w, n), expected(w, type, at.next)));
        }
        if (!check_element(w, n, &at.now->ref, 0)) {
            return 0;
        }
    }
    if (!at.may_end) {
        return fail(w, element, 1,
                    apr_psprintf(w->pool, "The element %s has incomplete content%s",
                                 named(w, element), expected(w, type, at.next)));
    }
    return 1;
}

/* An element without children: of a value type, or of one with attributes and text. */
static int check_text(walk_t *w, xmlNodePtr element, const lab_gvalue_t *value)
{
    const char *name =
        apr_pstrcat(w->pool, ns_of(element), ":", (const char *)element->name, NULL);
    xmlChar *raw;
    xmlNodePtr n;
    int ok;

    for (n = element->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE) {
            return fail(
                w, n, 0,
                apr_psprintf(w->pool,
                             "The element %s cannot contain child element %s because the "
                             "parent element's content model is text only.",
                             named(w, element), named(w, n)));
        }
    }
    raw = xmlNodeGetContent(element);
    ok = check_value(w, element, name, "element", value,
                     raw == NULL ? "" : (const char *)raw);
    xmlFree(raw);
    return ok;
}

static int check_empty(walk_t *w, xmlNodePtr element)
{
    xmlNodePtr n;

    for (n = element->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE) {
            return fail(
                w, n, 0,
                apr_psprintf(w->pool,
                             "The element %s cannot contain child element %s because the "
                             "parent element's content model is empty.",
                             named(w, element), named(w, n)));
        }
        if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) {
            return fail(w, element, 0,
                        apr_pstrcat(w->pool, "The element cannot contain ",
                                    is_blank(n) ? "white space" : "text",
                                    ". Content model is empty.", NULL));
        }
    }
    return 1;
}

static int check_element(walk_t *w, xmlNodePtr element, const lab_gref_t *ref,
                         int is_header)
{
    if (!check_attributes(w, element, ref->type, is_header)) {
        return 0;
    }
    if (ref->type == NULL) {
        return check_text(w, element, ref->value);
    }
    if (ref->type->text != NULL) {
        return check_text(w, element, ref->type->text);
    }
    if (ref->type->nplaces == 0) {
        return check_empty(w, element);
    }
    return check_children(w, element, ref->type);
}

/* --- the interface --- */

int lab_grammar_knows_operation(const char *name, lab_version_t server)
{
    const lab_groot_t *root =
        name == NULL ? NULL : lab_gmodel_root(name, LAB_NS_MESSAGES);

    return root != NULL && root->since <= server;
}

int lab_grammar_check(xmlNodePtr element, lab_version_t server, const char *source,
                      apr_size_t source_len, lab_grammar_fault_t *fault, apr_pool_t *pool)
{
    const lab_groot_t *root =
        lab_gmodel_root((const char *)element->name, ns_of(element));
    walk_t w = {server, pool, NULL, NULL, 0};
    int ok;

    if (root == NULL || root->since > server) {
        ok = fail(&w, element, 0,
                  apr_psprintf(pool, "The '%s:%s' element is not declared.",
                               ns_of(element), (const char *)element->name));
    } else {
        ok = check_element(&w, element, &root->ref, strcmp(root->ns, LAB_NS_TYPES) == 0);
    }
    if (!ok && fault != NULL) {
        fault->text = w.text;
        lab_gposition_find(w.at, w.at_end, source, source_len, &fault->line,
                           &fault->position);
    }
    return ok;
}

static const lab_gtype_t *parent_type(const char *parent)
{
    const lab_gtype_t *type = parent == NULL ? NULL : lab_gmodel_type_of_element(parent);

    return type != NULL || parent == NULL ? type : lab_gmodel_type(parent);
}

int lab_grammar_rank(const char *parent, const char *child)
{
    const lab_gtype_t *type = parent_type(parent);
    int i;

    for (i = 0; type != NULL && child != NULL && i < type->nplaces; i++) {
        if (strcmp(type->places[i]->name, child) == 0) {
            return i;
        }
    }
    return -1;
}

const char *lab_grammar_child(const char *parent, int rank)
{
    const lab_gtype_t *type = parent_type(parent);

    return type != NULL && rank >= 0 && rank < type->nplaces ? type->places[rank]->name
                                                             : NULL;
}

int lab_grammar_since(const char *parent, const char *child, lab_version_t *since)
{
    const lab_gtype_t *type = parent_type(parent);
    int rank = lab_grammar_rank(parent, child);

    if (rank < 0) {
        return 0;
    }
    *since = type->places[rank]->since;
    return 1;
}

int lab_grammar_field_since(const char *field_uri, lab_version_t *since)
{
    const lab_gvalue_t *fields = lab_gmodel_value("UnindexedFieldURIType");

    return field_uri != NULL && fields != NULL &&
           lab_gvalue_word_since(fields, field_uri, strlen(field_uri), since);
}
