/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/embedded.h"

#include <string.h>

/* what an item has besides its bag, as entries of the packed one */
#define START     "embedded:start"
#define END       "embedded:end"
#define RECURRING "embedded:recurring"
#define UID       "embedded:uid"

static const lab_kind_t kinds[] = {LAB_KIND_ITEM, LAB_KIND_CALENDAR, LAB_KIND_MESSAGE,
                                   LAB_KIND_CONTACT, LAB_KIND_TASK};

static bool kind_of(xmlNodePtr element, lab_kind_t *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (lab_xml_is(element, lab_kind_element(kinds[i]))) {
            *kind = kinds[i];
            return true;
        }
    }
    return false;
}

const lab_fail_t *lab_embedded_read(lab_call_t *call, const lab_item_t *parent,
                                    xmlNodePtr element, const void **bytes, int *len,
                                    const char **class_name)
{
    lab_kind_t kind;
    lab_draft_t d;
    lab_folder_t nowhere = {.mailbox = parent->mailbox};
    if (!kind_of(element, &kind))
        return lab_fail(call, "ErrorInvalidItemForOperationCreateItemAttachment");
    lab_draft_new(call, kind, &nowhere, &d);
    for (xmlNodePtr n = lab_xml_first(element); n; n = lab_xml_next(n)) {
        const lab_fail_t *fail = lab_draft_set(&d, n);
        if (fail)
            return fail;
    }
    const lab_fail_t *fail = lab_draft_decide(&d);
    if (fail)
        return fail;
    lab_bag_set_int(d.bag, START, d.item->start);
    lab_bag_set_int(d.bag, END, d.item->end);
    lab_bag_set(d.bag, RECURRING, d.item->recurring ? "true" : "false");
    lab_bag_set(d.bag, UID, d.item->uid);
    *class_name = d.item->class_name;
    *bytes = lab_bag_pack(call->pool, d.bag, len);
    return NULL;
}

void lab_embedded_put(lab_call_t *call, const lab_item_t *parent, const char *class_name,
                      const void *bytes, int len, const lab_shape_t *shape)
{
    lab_view_t view;
    lab_bag_t *bag = lab_bag_unpack(call->pool, bytes, len);
    lab_item_t item = {.mailbox = parent->mailbox,
                       .class_name = class_name,
                       .start = lab_bag_int(bag, START, 0),
                       .end = lab_bag_int(bag, END, 0),
                       .recurring = lab_bag_bool(bag, RECURRING, false),
                       .uid = lab_bag_get(bag, UID),
                       .bag = bag};
    lab_view_item(call, &item, &view);
    lab_shape_put(call, &view, shape);
}
