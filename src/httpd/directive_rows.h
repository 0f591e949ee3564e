/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file directive_rows.h
 * The list of directives: name, kind with field, default and bounds, help. directives.c makes the
 * rows of it, commands.c httpd's command table. A new directive is a field of its config and a row here.
 * row: one argument; account: a login and a file.
 */
#ifndef XC_HTTPD_DIRECTIVE_ROWS_H
#define XC_HTTPD_DIRECTIVE_ROWS_H

#define XC_DIR_DIRECTIVES(row, account) \
    row(ExchangeGateway, FLAG(gateway, "Off"),                                                                         \
        "Answer calendar clients here. Best in a <Location \"/\"> of a host of its own.")                              \
    row(ExchangeURL, TEXT(url, NULL, check_url),                                                                       \
        "URL of Exchange Web Services, like https://mail.example.com/EWS/Exchange.asmx. Without it: Autodiscover of the mail domain.") \
    row(ExchangeProtocol, CHOICE(protocol, "auto", protocols),                                                         \
        "How Exchange is spoken to: auto or ews.")                                                                     \
    row(ExchangeMailDomain, TEXT(mail_domain, NULL, check_domain),                                                     \
        "Completes a login without @ to a mail address; the domain that Autodiscover asks.")                           \
    row(ExchangeAutodiscoverURL, TEXT(autodiscover_url, NULL, check_url),                                              \
        "Ask this URL instead of the standard places of Autodiscover.")                                                \
    row(ExchangeVersion, TEXT(version, NULL, check_version),                                                           \
        "Fix the RequestServerVersion, like Exchange2010_SP2. Without it: negotiated and remembered.")                 \
    row(ExchangeAuth, CHOICE(auth, "any", auths),                                                                      \
        "How the gateway signs in to Exchange: any (NTLM or Basic, what it offers), basic, ntlm, negotiate (Kerberos) or bearer.") \
    row(ExchangeImpersonation, FLAG(impersonation, "Off"),                                                             \
        "Users were authenticated by httpd; Exchange is asked with the service account, which acts as the user. A login with a Windows domain is taken when that is ExchangeMailDomain or its first label.")      \
    account(ExchangeServiceAccount, ACCOUNT(service),                                                                  \
        "Login of the service account and the file with its password (readable by its owner alone).")                  \
    row(ExchangeTimeout, TIME(timeout, "60s", SECONDS(1), SECONDS(3600)),                                              \
        "A client's request is over after this time, whatever Exchange does.")                                         \
    row(ExchangeConnectTimeout, TIME(connect_timeout, "10s", SECONDS(1) / 10, SECONDS(300)),                           \
        "Longest wait for a connection to Exchange.")                                                                  \
    row(ExchangeIdleTimeout, TIME(idle_timeout, "60s", SECONDS(1), SECONDS(3600)),                                     \
        "Connections to Exchange that were idle for this long are not used again.")                                    \
    row(ExchangeConnections, INT(connections, "16", 1, 1000),                                                          \
        "Requests to one Exchange under way at once, per httpd process.")                                              \
    row(ExchangeMaxAnswer, BYTES(max_answer_bytes, "64M", KB(64), MB(2047)),                                           \
        "Largest answer of Exchange that is taken.")                                                                   \
    row(ExchangeBatchSize, INT(batch_size, "250", 1, 1000),                                                            \
        "Items fetched with one call.")                                                                                \
    row(ExchangeParallel, INT(parallel, "4", 1, 64),                                                                   \
        "Calls side by side for one client request.")                                                                  \
    row(ExchangeFreshness, TIME(freshness, "0", 0, DAYS(1)),                                                           \
        "What Exchange said is used without asking again for this long; 0: ask once for every client request.")        \
    row(ExchangeHomeFreshness, TIME(home_freshness, "5min", 0, DAYS(1)),                                               \
        "The same for the list of calendars.")                                                                         \
    row(ExchangeFreeBusyCache, TIME(freebusy_cache, "2min", 0, DAYS(1)),                                               \
        "When others are busy is not asked again for this long, unless the gateway sees their calendar change; 0: ask every time.") \
    row(ExchangeDirectoryCache, TIME(directory_cache, "15min", 0, DAYS(1)),                                            \
        "What the directory said of people, rooms, lists and working hours is used for this long; 0: ask every time.") \
    row(ExchangePublicFolders, FLAG(public_folders, "Off"),                                                            \
        "List the calendars among the public folders in everybody's home.")                                            \
    row(ExchangeReadAhead, INT(read_ahead, "2000", 0, 100000),                                                         \
        "Items fetched beyond those asked for, because the client will ask for them next.")                            \
    row(ExchangeCredentialCache, TIME(credential_cache, "5min", 0, DAYS(1)),                                           \
        "A login that Exchange accepted is not checked again for this long; 0: check every request.")                  \
    row(ExchangeTLSVerify, FLAG(tls_verify, "On"),                                                                     \
        "Check the certificate and the host name of Exchange.")                                                        \
    row(ExchangeCAFile, TEXT(ca_file, NULL, check_readable),                                                           \
        "PEM file of the certification authorities to trust for Exchange, instead of the system's.")                   \
    row(ExchangeScheduling, FLAG(scheduling, "On"),                                                                    \
        "Let Exchange mail invitations, changes, answers and cancellations for what clients do. Off: nobody is ever mailed, organizer and attendees are only data.") \
    row(ExcalBase, TEXT(base, "/dav", check_base),                                                                     \
        "Path below which the CalDAV resources lie.")                                                                  \
    row(ExcalMaxRequestBody, BYTES(max_request_bytes, "4M", KB(1), MB(1024)),                                          \
        "Largest XML request body.")                                                                                   \
    row(ExcalMaxResourceSize, BYTES(max_resource_bytes, "10M", KB(1), MB(1024)),                                       \
        "Largest calendar object (CALDAV:max-resource-size).")                                                         \
    row(ExcalMaxKeptSize, BYTES(max_kept_bytes, "31K", KB(1), MB(16)),                                                \
        "Most that is kept beside an item of what Exchange has no place for.")                                         \
    row(ExcalMaxAttendees, INT(max_attendees, "500", 1, 100000),                                                       \
        "Most attendees of an event.")                                                                                 \
    row(ExcalMaxAttachmentSize, BYTES(max_file_bytes, "10M", KB(1), MB(40)),                                           \
        "Largest file attached to an event (CALDAV:max-attachment-size).")                                             \
    row(ExcalMaxAttachments, INT(max_files, "50", 0, 500),                                                             \
        "Most files attached to one event.")                                                                           \
    row(ExcalMaxMatches, INT(max_matches, "20000", 1, 1000000),                                                        \
        "Most members in one multistatus.")                                                                            \
    row(ExcalMaxComponents, INT(max_components, "1000", 1, 100000),                                                    \
        "Most changed occurrences in one calendar object.")                                                            \
    row(ExcalPastWindow, TIME(past_window, "0", 0, DAYS(36500)),                                                       \
        "How far back ?export and queries without a time range reach; 0: all.")                                        \
    row(ExcalFutureWindow, TIME(future_window, "0", 0, DAYS(36500)),                                                   \
        "How far ahead they reach; 0: all.")                                                                           \
    row(ExcalSharedCalendars, CHOICE(shared, "proxy", shared_places),                                                  \
        "Where others' calendars that a user has opened in Outlook, or that Exchange names to him, are told of: proxy (at his principal, as those he may act for: Apple Calendar on a Mac follows that), home (among his own calendars too, for clients that look nowhere else) or off.") \
    row(ExcalReadOnly, FLAG(read_only, "Off"),                                                                         \
        "Refuse every change.")                                                                                        \
    row(ExcalReadOnlyFor, TEXT(read_only_for, NULL, check_addresses),                                                  \
        "Refuse every change to these mailboxes: mail addresses, or @domain for all of one, separated by commas.")     \
    row(ExcalTerritory, TEXT(territory, NULL, check_territory),                                                        \
        "Country whose IANA zone is meant by a Windows zone of several countries.")                                    \
    row(ExcalTimeZone, TEXT(time_zone, "UTC", check_zone),                                                             \
        "Zone in which times without a zone are meant.")

#define XC_SERVER_DIRECTIVES(row) \
    row(ExcalCache, TEXT(cache, "lmdb:/var/cache/mod_excal", check_cache),                                             \
        "Where the gateway remembers: lmdb:DIRECTORY, or socache:PROVIDER[:ARGUMENTS] to share it between machines.")  \
    row(ExcalCacheSize, BYTES(cache_bytes, "1G", MB(8), MB(1024) * 1024),                                              \
        "Bound of the LMDB map.")                                                                                      \
    row(ExcalCacheAge, TIME(body_age, "30d", SECONDS(3600), DAYS(3650)),                                               \
        "Event bodies that nobody asked for are dropped after this time.")                                             \
    row(ExcalDeletionAge, TIME(tombstone_age, "90d", DAYS(1), DAYS(3650)),                                             \
        "Deletions are remembered this long; a client that stayed away longer makes a full sync.")

#endif
