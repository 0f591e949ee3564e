/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

/* A host name as certificates know it; anything else in an answer is not used. */
static int plausible_host(const char *host)
{
    apr_size_t n = strlen(host);
    if (n == 0 || n > 253 || host[0] == '.' || host[0] == '-')
        return 0;
    for (const char *p = host; *p; p++)
        if (!apr_isalnum(*p) && *p != '-' && *p != '.')
            return 0;
    return 1;
}

int xc_dns_srv(const char *name, const char **host, int *port, apr_pool_t *pool)
{
    unsigned char answer[4096];
    struct __res_state state;
    memset(&state, 0, sizeof state);
    *host = NULL;
    if (res_ninit(&state))
        return 1;
    state.retrans = 2; /* seconds */
    state.retry = 2;
    int len = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, sizeof answer);
    res_nclose(&state);
    ns_msg msg;
    if (len <= 0 || ns_initparse(answer, len, &msg))
        return 1;
    unsigned best = 1u << 16;
    for (int i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
        ns_rr rr;
        char target[NS_MAXDNAME];
        if (ns_parserr(&msg, ns_s_an, i, &rr) || ns_rr_type(rr) != ns_t_srv || ns_rr_rdlen(rr) < 7)
            continue;
        unsigned priority = ns_get16(ns_rr_rdata(rr));
        if (priority >= best || ns_name_uncompress(ns_msg_base(msg), ns_msg_end(msg), ns_rr_rdata(rr) + 6, target, sizeof target) < 0 ||
            !plausible_host(target))
            continue;
        best = priority;
        *port = (int)ns_get16(ns_rr_rdata(rr) + 4);
        *host = apr_pstrdup(pool, target);
    }
    return *host == NULL;
}
