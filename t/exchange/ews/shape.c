/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/shape.h"

#include <apr_encode.h>
#include <string.h>

#include "base/utf16.h"
#include "ews/rights.h"
#include "grammar/grammar.h"

void lab_props_init(void)
{
    for (lab_prop_t *p = lab_props; p->uri; p++) {
        lab_version_t since;
        /* some kinds of item got a property later than others */
        if (lab_grammar_field_since(p->uri, &since) && since > p->since)
            p->since = since;
    }
}

const lab_prop_t *lab_prop_find(const char *uri)
{
    for (const lab_prop_t *p = lab_props; uri && p->uri; p++)
        if (!strcmp(p->uri, uri))
            return p;
    return NULL;
}

const lab_prop_t *lab_prop_for(const char *uri, lab_kind_t kind)
{
    for (const lab_prop_t *p = lab_props; uri && p->uri; p++)
        if ((p->kinds & (unsigned)kind) && !strcmp(p->uri, uri))
            return p;
    return lab_prop_find(uri);
}

const lab_prop_t *lab_prop_of_element(lab_kind_t kind, const char *element)
{
    for (const lab_prop_t *p = lab_props; p->uri; p++)
        if ((p->kinds & (unsigned)kind) && !strcmp(p->element + 2, element))
            return p;
    return NULL;
}

static const lab_fail_t *read_extra(lab_call_t *call, xmlNodePtr extra,
                                    lab_shape_t *shape)
{
    for (xmlNodePtr n = lab_xml_first(extra); n; n = lab_xml_next(n)) {
        if (lab_xml_is(n, "ExtendedFieldURI")) {
            const lab_fail_t *fail = lab_ext_read(call, n, apr_array_push(shape->ext));
            if (fail)
                return fail;
            continue;
        }
        if (!lab_xml_is(n, "FieldURI"))
            continue;
        const lab_prop_t *p = lab_prop_find(lab_xml_attr(call->pool, n, "FieldURI"));
        if (!p)
            continue;
        if (p->since > call->version)
            return lab_fail(call, "ErrorInvalidPropertyRequest");
        if (shape->list && !(p->flags & LAB_P_LIST))
            continue;
        for (const lab_prop_t *same = p; same->uri; same++)
            if (!strcmp(same->uri, p->uri))
                shape->wanted[same - lab_props] = true;
    }
    return NULL;
}

const lab_fail_t *lab_shape_read(lab_call_t *call, xmlNodePtr element, bool list,
                                 lab_shape_t *shape)
{
    memset(shape, 0, sizeof *shape);
    shape->list = list;
    shape->wanted[lab_prop_find("item:ItemId") - lab_props] = true;
    shape->ext = apr_array_make(call->pool, 4, sizeof(lab_ext_t));
    const char *base = lab_xml_child_text(call->pool, element, "BaseShape");
    if (base && !strcmp(base, "Default"))
        shape->base = LAB_SHAPE_DEFAULT;
    else if (base && !strcmp(base, "AllProperties"))
        shape->base = LAB_SHAPE_ALL;
    shape->wanted[lab_prop_find("item:MimeContent") - lab_props] =
        !list &&
        lab_xml_bool(lab_xml_child_text(call->pool, element, "IncludeMimeContent"),
                     false);
    shape->body_type = lab_xml_child_text(call->pool, element, "BodyType");
    if (!shape->body_type)
        shape->body_type = "Best";
    return read_extra(call, lab_xml_child(element, "AdditionalProperties"), shape);
}

static bool shown(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_shape_t *shape = e->shape;
    if (!(p->kinds & (unsigned)e->view->kind) || p->since > e->call->version)
        return false;
    if (shape->wanted[p - lab_props])
        return true;
    if (shape->list && !(p->flags & LAB_P_LIST))
        return false;
    return (shape->base == LAB_SHAPE_ALL && (p->flags & LAB_P_ALL)) ||
           (shape->base == LAB_SHAPE_DEFAULT && (p->flags & LAB_P_DEFAULT));
}

/* lists show the first 255 characters of a text and the first 512 bytes of a binary (the
 * remarks on FindItem in Microsoft's reference); GetItem shows all */
static const char *cut_for_list(const lab_emit_t *e, const lab_ext_t *ext,
                                const char *value)
{
    apr_size_t len;
    if (!strcmp(ext->type, "String"))
        return apr_pstrmemdup(e->call->pool, value, lab_utf16_cut(value, 255));
    if (strcmp(ext->type, "Binary"))
        return value;
    const void *bytes = apr_pdecode_base64_binary(e->call->pool, value, APR_ENCODE_STRING,
                                                  APR_ENCODE_NONE, &len);
    if (!bytes || len <= 512)
        return value;
    return apr_pencode_base64_binary(e->call->pool, bytes, 512, APR_ENCODE_NONE, NULL);
}

static void put_extended(const lab_emit_t *e)
{
    for (int i = 0; i < e->shape->ext->nelts; i++) {
        const lab_ext_t *ext = &APR_ARRAY_IDX(e->shape->ext, i, lab_ext_t);
        const char *value = lab_ext_get(e->call, e->view, ext);
        if (value)
            lab_ext_put(e->out, ext, e->shape->list ? cut_for_list(e, ext, value) : value);
    }
}

void lab_shape_put(lab_call_t *call, const lab_view_t *view, const lab_shape_t *shape)
{
    lab_view_t seen = *view;
    lab_view_cut(call, &seen);
    lab_emit_t e = {call, &call->out, &seen, shape};
    const char *name = lab_kind_element(view->kind);
    bool extended = false;
    lab_buf_printf(&call->out, "<t:%s>", name);
    for (const lab_prop_t *p = lab_props; p->uri; p++) {
        /* extended properties stand between HasAttachments and Culture */
        if (!extended && !strcmp(p->uri, "item:Culture")) {
            put_extended(&e);
            extended = true;
        }
        if (p->emit == NULL || !shown(&e, p))
            continue;
        p->emit(&e, p);
    }
    lab_buf_printf(&call->out, "</t:%s>", name);
}

void lab_emit_text(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, p->key);
    lab_buf_elem(e->out, p->element, text ? text : p->fallback);
}

void lab_emit_bool(const lab_emit_t *e, const lab_prop_t *p)
{
    bool otherwise = p->fallback && *p->fallback == 't';
    if (p->fallback || lab_view_get(e->view, p->key))
        lab_buf_bool(e->out, p->element, lab_view_bool(e->view, p->key, otherwise));
}

void lab_emit_time(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, p->key);
    if (text)
        lab_put_time(e->call, e->out, p->element, apr_strtoi64(text, NULL, 10));
}
