/* SPDX-License-Identifier: Apache-2.0 */
/* Judges documents for test_grammar.py. Reads from standard input, again and again, a
 * line with a version and a number of bytes, then that many bytes of XML; answers a line
 * each: "ok", "unknown" for a root element that the grammar does not know at all,
 * "broken" for what is no XML, or "line position violation". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <libxml/parser.h>

#include "grammar/grammar.h"

#define MAX_BYTES (4 * 1024 * 1024)

static int is_known(xmlNodePtr root)
{
    static const char *const headers[] = {"ExchangeImpersonation",    "MailboxCulture",
                                          "RequestServerVersion",     "TimeZoneContext",
                                          "DateTimePrecision",        "ManagementRole",
                                          "SerializedSecurityContext"};
    size_t i;

    if (lab_grammar_knows_operation((const char *)root->name, LAB_EXCHANGE_2019)) {
        return 1;
    }
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (strcmp(headers[i], (const char *)root->name) == 0) {
            return 1;
        }
    }
    return 0;
}

static void judge(const char *xml, int len, lab_version_t version, apr_pool_t *pool)
{
    xmlDocPtr doc = xmlReadMemory(
        xml, len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    lab_grammar_fault_t fault;

    if (doc == NULL) {
        puts("broken");
        return;
    }
    if (!is_known(xmlDocGetRootElement(doc))) {
        puts("unknown");
    } else if (lab_grammar_check(xmlDocGetRootElement(doc), version, xml, (apr_size_t)len,
                                 &fault, pool)) {
        puts("ok");
    } else {
        printf("%d %d %s\n", fault.line, fault.position, fault.text);
    }
    xmlFreeDoc(doc);
}

int main(void)
{
    char line[128], *xml, *end;
    apr_pool_t *pool, *each;
    lab_version_t version;
    long len;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (lab_grammar_init(pool) != APR_SUCCESS) {
        fputs("the table is broken\n", stderr);
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof(line), stdin) != NULL) {
        end = strchr(line, ' ');
        if (end == NULL) {
            return EXIT_FAILURE;
        }
        *end = '\0';
        len = strtol(end + 1, NULL, 10);
        apr_pool_create(&each, pool);
        xml = len < 0 || len > MAX_BYTES ? NULL : apr_pcalloc(each, (apr_size_t)len + 1);
        if (xml == NULL || !lab_version_parse(line, &version) ||
            fread(xml, 1, (size_t)len, stdin) != (size_t)len) {
            return EXIT_FAILURE;
        }
        judge(xml, (int)len, version, each);
        fflush(stdout);
        apr_pool_destroy(each);
    }
    return EXIT_SUCCESS;
}
