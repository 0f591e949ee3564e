/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the table: from rows of text to linked types. */
#include <string.h>

#include <apr_allocator.h>
#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "grammar/model.h"
#include "grammar/rows.h"

static struct {
    apr_pool_t *pool;
    apr_thread_mutex_t *lock;
    apr_hash_t *types;    /* lab_gtype_t by name */
    apr_hash_t *values;   /* lab_gvalue_t by name */
    apr_hash_t *roots;    /* lab_groot_t by prefix and name as in the row */
    apr_hash_t *elements; /* lab_gtype_t by local name of an element */
    int is_broken;
} model;

static const lab_grammar_row_t *const tables[] = {
    lab_grammar_rows_requests, lab_grammar_rows_shapes,   lab_grammar_rows_items,
    lab_grammar_rows_calendar, lab_grammar_rows_contacts, lab_grammar_rows_search,
    lab_grammar_rows_rights};

int lab_gmodel_version(const char *text, apr_size_t len, lab_version_t *version)
{
    static const struct {
        const char *text;
        lab_version_t version;
    } marks[] = {{"", LAB_EXCHANGE_2007},         {"10", LAB_EXCHANGE_2010},
                 {"10.1", LAB_EXCHANGE_2010_SP1}, {"10.2", LAB_EXCHANGE_2010_SP2},
                 {"13", LAB_EXCHANGE_2013},       {"13.1", LAB_EXCHANGE_2013_SP1},
                 {"16", LAB_EXCHANGE_2016},       {"19", LAB_EXCHANGE_2019}};
    size_t i;

    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strlen(marks[i].text) == len && strncmp(marks[i].text, text, len) == 0) {
            *version = marks[i].version;
            return 1;
        }
    }
    return 0;
}

/* --- the notation --- */

/** A cursor in a row. */
typedef struct scan_t {
    const char *p;
    const char *ns; /* of elements without prefix */
    apr_pool_t *pool;
} scan_t;

static void skip_blanks(scan_t *s)
{
    while (*s->p == ' ') {
        s->p++;
    }
}

static const char *take_word(scan_t *s)
{
    const char *start = s->p;

    while (apr_isalnum(*s->p) || *s->p == '_' || *s->p == '-' || *s->p == '.') {
        s->p++;
    }
    return apr_pstrmemdup(s->pool, start, (apr_size_t)(s->p - start));
}

/* A name that may have one of our prefixes. */
static const char *take_type_name(scan_t *s)
{
    if (s->p[0] == 'm' && s->p[1] == ':') {
        s->p += 2;
        return apr_pstrcat(s->pool, "m:", take_word(s), NULL);
    }
    return take_word(s);
}

static lab_version_t take_version(scan_t *s)
{
    const char *start = ++s->p;
    lab_version_t version = LAB_EXCHANGE_2007;

    while (apr_isdigit(*s->p) || *s->p == '.') {
        s->p++;
    }
    if (s->p == start ||
        !lab_gmodel_version(start, (apr_size_t)(s->p - start), &version)) {
        model.is_broken = 1;
    }
    return version;
}

static void take_marks(scan_t *s, lab_gnode_t *node)
{
    node->occurs = '1';
    node->since = LAB_EXCHANGE_2007;
    node->optional_from = (lab_version_t)LAB_NVERSIONS;
    for (;;) {
        if (*s->p == '?' || *s->p == '*' || *s->p == '+') {
            node->occurs = *s->p++;
        } else if (*s->p == '@') {
            node->since = take_version(s);
        } else if (*s->p == '^') {
            node->optional_from = take_version(s);
        } else {
            return;
        }
    }
}

static lab_gnode_t *take_element(scan_t *s)
{
    lab_gnode_t *node = apr_pcalloc(s->pool, sizeof(*node));

    node->kind = LAB_GNODE_ELEMENT;
    node->ns = s->ns;
    if ((s->p[0] == 't' || s->p[0] == 'm') && s->p[1] == ':') {
        node->ns = s->p[0] == 't' ? LAB_NS_TYPES : LAB_NS_MESSAGES;
        s->p += 2;
    }
    node->name = take_word(s);
    if (*node->name == '\0') {
        model.is_broken = 1;
    }
    if (*s->p == ':') {
        s->p++;
        node->type_name = take_type_name(s);
    } else {
        node->type_name = apr_pstrcat(s->pool, node->name, "Type", NULL);
    }
    return node;
}

/* Particles until a closing character ('\0' for the end of the row). */
static lab_gnode_t *take_group(scan_t *s, lab_gnode_kind_t kind, char close)
{
    lab_gnode_t *group = apr_pcalloc(s->pool, sizeof(*group)), **tail = &group->children;

    group->kind = kind;
    for (skip_blanks(s); *s->p != close && !model.is_broken; skip_blanks(s)) {
        lab_gnode_t *node;

        if (*s->p == '\0') {
            model.is_broken = 1;
            break;
        }
        if (*s->p == '|') {
            s->p++;
            continue;
        }
        if (*s->p == '(' || *s->p == '{') {
            char end = *s->p == '(' ? ')' : '}';

            s->p++;
            node = take_group(s, end == ')' ? LAB_GNODE_CHOICE : LAB_GNODE_SEQUENCE, end);
        } else {
            node = take_element(s);
        }
        take_marks(s, node);
        *tail = node;
        tail = &node->next;
    }
    if (close != '\0' && *s->p == close) {
        s->p++;
    }
    return group;
}

static void take_attributes(scan_t *s, apr_array_header_t *attrs)
{
    for (skip_blanks(s); *s->p != '\0' && !model.is_broken; skip_blanks(s)) {
        lab_gattr_t *attr = apr_array_push(attrs);
        lab_gnode_t marks;

        memset(attr, 0, sizeof(*attr));
        attr->name = take_word(s);
        if (strcmp(attr->name, "xml") == 0 && *s->p == ':') {
            s->p++;
            attr->name = apr_pstrcat(s->pool, "xml:", take_word(s), NULL);
        }
        attr->type_name = apr_pstrcat(s->pool, attr->name, "Type", NULL);
        if (*s->p == ':') {
            s->p++;
            attr->type_name = take_type_name(s);
        }
        if (*attr->name == '\0') {
            model.is_broken = 1;
        }
        take_marks(s, &marks);
        attr->is_required = marks.occurs == '1';
        attr->since = marks.since;
    }
}

/* --- linking --- */

const lab_gtype_t *lab_gmodel_type(const char *name)
{
    return apr_hash_get(model.types, name, APR_HASH_KEY_STRING);
}

/* Types of XML Schema are made as they are met. */
const lab_gvalue_t *lab_gmodel_value(const char *name)
{
    lab_gvalue_t *value = apr_hash_get(model.values, name, APR_HASH_KEY_STRING);

    if (value == NULL && apr_islower(*name)) {
        value = apr_pcalloc(model.pool, sizeof(*value));
        value->name = value->builtin = apr_pstrdup(model.pool, name);
        value->kind = LAB_GVALUE_BUILTIN;
        apr_hash_set(model.values, value->name, APR_HASH_KEY_STRING, value);
    }
    return value;
}

static void resolve(const char *name, lab_gref_t *ref)
{
    ref->type = lab_gmodel_type(name);
    ref->value = ref->type == NULL ? lab_gmodel_value(name) : NULL;
    if (ref->type == NULL && ref->value == NULL) {
        model.is_broken = 1;
    }
}

static void read_value_rows(void)
{
    static const struct {
        const char *name, *builtin;
        lab_gkind_t kind;
    } kinds[] = {{"enum", "string", LAB_GVALUE_ENUM},
                 {"list", "string", LAB_GVALUE_LIST},
                 {"nonempty", "string", LAB_GVALUE_NONEMPTY},
                 {"guid", "string", LAB_GVALUE_GUID},
                 {"bitmask", "string", LAB_GVALUE_BITMASK},
                 {"proptag", "string", LAB_GVALUE_PROPTAG}};
    const lab_grammar_value_row_t *row;
    size_t k;

    for (row = lab_grammar_value_rows; row->name != NULL; row++) {
        lab_gvalue_t *value = apr_pcalloc(model.pool, sizeof(*value));

        value->name = row->name;
        value->facets = row->facets;
        value->kind = LAB_GVALUE_BUILTIN;
        value->builtin = row->kind;
        for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
            if (strcmp(kinds[k].name, row->kind) == 0) {
                value->kind = kinds[k].kind;
                value->builtin = kinds[k].builtin;
            }
        }
        apr_hash_set(model.values, row->name, APR_HASH_KEY_STRING, value);
    }
    for (row = lab_grammar_value_rows; row->name != NULL; row++) {
        lab_gvalue_t *value = apr_hash_get(model.values, row->name, APR_HASH_KEY_STRING);

        if (value->kind == LAB_GVALUE_LIST) {
            value->item = lab_gmodel_value(row->facets);
            model.is_broken |= value->item == NULL;
        }
    }
}

static void read_row(const lab_grammar_row_t *row)
{
    lab_gtype_t *type = apr_pcalloc(model.pool, sizeof(*type));
    scan_t s = {row->content, NULL, model.pool};

    type->name = row->name;
    type->ns = strncmp(row->name, "m:", 2) == 0 ? LAB_NS_MESSAGES : LAB_NS_TYPES;
    type->base_name = *row->base == '\0' ? NULL : row->base;
    type->text_name = *row->text == '\0' ? NULL : row->text;
    s.ns = type->ns;
    type->content = take_group(&s, LAB_GNODE_SEQUENCE, '\0');
    type->content->occurs = '1';
    type->content->optional_from = (lab_version_t)LAB_NVERSIONS;
    type->attrs = apr_array_make(model.pool, 4, sizeof(lab_gattr_t));
    s.p = row->attributes;
    take_attributes(&s, type->attrs);
    apr_hash_set(model.types, row->name, APR_HASH_KEY_STRING, type);
}

static lab_gnode_t *copy_node(const lab_gnode_t *node)
{
    lab_gnode_t *copy = apr_pmemdup(model.pool, node, sizeof(*node)),
                **tail = &copy->children;
    const lab_gnode_t *c;

    for (c = node->children; c != NULL; c = c->next) {
        *tail = copy_node(c);
        tail = &(*tail)->next;
    }
    *tail = NULL;
    copy->next = NULL;
    return copy;
}

/* Put the base's content and attributes before the type's own, bases first. */
static void inherit(lab_gtype_t *type)
{
    lab_gtype_t *base;
    lab_gnode_t *all;

    if (type->base != NULL || type->base_name == NULL) {
        return;
    }
    base = apr_hash_get(model.types, type->base_name, APR_HASH_KEY_STRING);
    if (base == NULL) {
        model.is_broken = 1;
        return;
    }
    inherit(base);
    type->base = base;
    all = apr_pmemdup(model.pool, type->content, sizeof(*all));
    all->children = copy_node(base->content);
    all->children->next = type->content;
    type->content = all;
    type->attrs = apr_array_append(model.pool, base->attrs, type->attrs);
}

static void number_places(lab_gtype_t *type, lab_gnode_t *node,
                          apr_array_header_t *places)
{
    lab_gnode_t *c;

    if (node->kind == LAB_GNODE_ELEMENT) {
        node->place = places->nelts;
        resolve(node->type_name, &node->ref);
        *(const lab_gnode_t **)apr_array_push(places) = node;
        return;
    }
    for (c = node->children; c != NULL; c = c->next) {
        number_places(type, c, places);
    }
}

static void link_type(lab_gtype_t *type)
{
    apr_array_header_t *places = apr_array_make(model.pool, 8, sizeof(lab_gnode_t *));
    int i;

    number_places(type, type->content, places);
    type->nplaces = places->nelts;
    type->places = (const lab_gnode_t **)places->elts;
    for (i = 0; i < type->attrs->nelts; i++) {
        lab_gattr_t *attr = &APR_ARRAY_IDX(type->attrs, i, lab_gattr_t);

        attr->value = lab_gmodel_value(attr->type_name);
        model.is_broken |= attr->value == NULL;
    }
    if (type->text_name != NULL) {
        type->text = lab_gmodel_value(type->text_name);
        model.is_broken |= type->text == NULL;
    }
}

static void name_elements(const lab_gtype_t *type)
{
    int i;

    for (i = 0; type != NULL && i < type->nplaces; i++) {
        const lab_gnode_t *node = type->places[i];

        if (node->ref.type != NULL &&
            apr_hash_get(model.elements, node->name, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(model.elements, node->name, APR_HASH_KEY_STRING, node->ref.type);
        }
    }
}

static void read_roots(void)
{
    const lab_grammar_root_t *row;

    for (row = lab_grammar_roots; row->name != NULL; row++) {
        lab_groot_t *root = apr_pcalloc(model.pool, sizeof(*root));
        int is_message = strncmp(row->name, "m:", 2) == 0;

        root->name = is_message ? row->name + 2 : row->name;
        root->ns = is_message ? LAB_NS_MESSAGES : LAB_NS_TYPES;
        if (!lab_gmodel_version(row->since, strlen(row->since), &root->since)) {
            model.is_broken = 1;
        }
        resolve(row->type, &root->ref);
        apr_hash_set(model.roots, row->name, APR_HASH_KEY_STRING, root);
    }
}

typedef void (*type_visitor_t)(lab_gtype_t *type);

static void for_all_types(type_visitor_t visit)
{
    const lab_grammar_row_t *row;
    size_t t;

    for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (row = tables[t]; row->name != NULL; row++) {
            visit(apr_hash_get(model.types, row->name, APR_HASH_KEY_STRING));
        }
    }
}

static void name_elements_of(lab_gtype_t *type)
{
    name_elements(type);
}

static apr_status_t forget_model(void *unused)
{
    (void)unused;
    memset(&model, 0, sizeof(model));
    return APR_SUCCESS;
}

/* Automatons are added while other threads use the parent pool: an allocator of its own needs
 * no lock but the model's. */
static apr_status_t create_pool(apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_status_t rv = apr_allocator_create(&allocator);

    if (rv == APR_SUCCESS) {
        rv = apr_pool_create_ex(&model.pool, parent, NULL, allocator);
        if (rv != APR_SUCCESS) {
            apr_allocator_destroy(allocator);
        } else {
            apr_allocator_owner_set(allocator, model.pool);
        }
    }
    if (rv == APR_SUCCESS) {
        rv = apr_thread_mutex_create(&model.lock, APR_THREAD_MUTEX_DEFAULT, model.pool);
    }
    return rv;
}

apr_status_t lab_grammar_init(apr_pool_t *pool)
{
    const lab_grammar_row_t *row;
    apr_status_t rv;
    size_t t;

    if (model.pool != NULL) {
        return model.is_broken ? APR_EGENERAL : APR_SUCCESS;
    }
    rv = create_pool(pool);
    if (rv != APR_SUCCESS) {
        model.pool = NULL;
        return rv;
    }
    apr_pool_cleanup_register(model.pool, NULL, forget_model, apr_pool_cleanup_null);
    model.types = apr_hash_make(model.pool);
    model.values = apr_hash_make(model.pool);
    model.roots = apr_hash_make(model.pool);
    model.elements = apr_hash_make(model.pool);
    read_value_rows();
    for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (row = tables[t]; row->name != NULL; row++) {
            read_row(row);
        }
    }
    for_all_types(inherit);
    for_all_types(link_type);
    /* items and folders first: their names also stand for lesser things elsewhere */
    name_elements(lab_gmodel_type("NonEmptyArrayOfAllItemsType"));
    name_elements(lab_gmodel_type("NonEmptyArrayOfFoldersType"));
    for_all_types(name_elements_of);
    read_roots();
    return model.is_broken ? APR_EGENERAL : APR_SUCCESS;
}

const lab_gtype_t *lab_gmodel_type_of_element(const char *name)
{
    return apr_hash_get(model.elements, name, APR_HASH_KEY_STRING);
}

const lab_groot_t *lab_gmodel_root(const char *name, const char *ns)
{
    char key[80];

    if (ns == NULL || strlen(name) > sizeof(key) - 3) {
        return NULL;
    }
    if (strcmp(ns, LAB_NS_MESSAGES) == 0) {
        apr_snprintf(key, sizeof(key), "m:%s", name);
        name = key;
    } else if (strcmp(ns, LAB_NS_TYPES) != 0) {
        return NULL;
    }
    return apr_hash_get(model.roots, name, APR_HASH_KEY_STRING);
}

const lab_gauto_t *lab_gmodel_auto(const lab_gtype_t *type, lab_version_t version)
{
    /* the types live in the model's pool, which is ours to write */
    lab_gauto_t **slot = (lab_gauto_t **)&type->autos[version];
    lab_gauto_t *made = __atomic_load_n(slot, __ATOMIC_ACQUIRE);

    if (made == NULL) {
        apr_thread_mutex_lock(model.lock);
        made = *slot;
        if (made == NULL) {
            made = lab_gauto_make(type, version, model.pool);
            __atomic_store_n(slot, made, __ATOMIC_RELEASE);
        }
        apr_thread_mutex_unlock(model.lock);
    }
    return made;
}
