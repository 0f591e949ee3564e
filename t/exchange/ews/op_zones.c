/* SPDX-License-Identifier: Apache-2.0 */
/* GetServerTimeZones (ews.md 15.1, timezones.md 3.3). */
#include "ews/dispatch.h"
#include "ews/emit.h"

void lab_op_get_server_time_zones(lab_call_t *call)
{
    static const char name[] = "GetServerTimeZones";
    xmlNodePtr ids = lab_xml_child(call->request, "Ids");
    bool full = lab_xml_bool(
        lab_xml_attr(call->pool, call->request, "ReturnFullTimeZoneData"), true);
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_buf_puts(&call->out, "<m:TimeZoneDefinitions>");
    for (int i = 0; !ids && i < lab_zone_count(); i++)
        lab_put_zone_definition(call, &call->out, "t:TimeZoneDefinition", lab_zone_at(i),
                                full);
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        /* a zone that the server does not know is not in the answer */
        const lab_zone_t *zone = lab_zone_find(lab_xml_text(call->pool, n));
        if (zone)
            lab_put_zone_definition(call, &call->out, "t:TimeZoneDefinition", zone, full);
    }
    lab_buf_puts(&call->out, "</m:TimeZoneDefinitions>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}
