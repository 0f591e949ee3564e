/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file autodiscover.h
 * Finding the EWS URL of a mailbox from its address alone: Exchange's Autodiscover service, SOAP
 * (2010 and later, MS-OXWSADISC) and POX (MS-OXDSCLI), in the order in which Outlook asks.
 */
#ifndef XC_EXCHANGE_AUTODISCOVER_H
#define XC_EXCHANGE_AUTODISCOVER_H

#include "exchange/sharing.h"

/**
 * The EWS URL for this session: the configured one, else the remembered one of the mail domain, else
 * Autodiscover's answer (remembered for a day, for the domain, or for the address alone when it was sent on
 * to another one; a failure for half a minute).
 *
 * Credentials travel over https only, unless the administrator wrote an http URL into
 * ExchangeAutodiscoverURL. At most ten redirects are followed, each to https.
 *
 * @param login as the user typed it; completed with the mail domain when it is no address
 *        Only logins of the configured mail domain are looked up.
 * @return 401 when a service refused the credentials and none took them; 503 with Retry-After when none
 *         answered; 502 with a sentence for the administrator when there is nothing to ask
 */
xc_error_t *xc_autodiscover_url(const char **url, xc_session_t *s, const char *login, apr_pool_t *pool);

/** What was found serves no longer: it is looked for anew the next time. Nothing when a URL is configured. */
void xc_autodiscover_forget(xc_session_t *s, const char *login, apr_pool_t *pool);

/**
 * The other mailboxes that Exchange names to this one as its user's too (xc_shared_t): AlternateMailboxes of SOAP,
 * AlternativeMailbox of POX, delegated and shared ones, no archives. Nothing is asked where the administrator named
 * an ExchangeURL and no ExchangeAutodiscoverURL.
 * @param out never NULL; empty when there are none, or nobody answers
 */
void xc_autodiscover_alternates(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *pool);

/** Login as an SMTP address: itself, or completed with the mail domain; NULL when neither works. */
const char *xc_login_address(const char *login, const char *mail_domain, apr_pool_t *pool);

#endif
