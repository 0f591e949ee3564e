/* SPDX-License-Identifier: Apache-2.0 */
/** @file dns.h  SRV records (RFC 2782), as Autodiscover's last resort. */
#ifndef XC_NET_DNS_H
#define XC_NET_DNS_H

#include <apr_pools.h>

/**
 * Target and port of the best SRV record. Asks the system's resolver, at most about four seconds.
 * @param name e.g. "_autodiscover._tcp.contoso.example"
 * @return 0 when found; the host is on the pool, without the trailing dot
 */
int xc_dns_srv(const char *name, const char **host, int *port, apr_pool_t *pool);

#endif
