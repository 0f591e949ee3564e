/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cond.h
 * Preconditions and postconditions (RFC 4918 16): a row each, with the status that RFC gives it.
 * XC_CONDITIONS(row) with row(SYMBOL, namespace, element, status).
 */
#ifndef XC_BASE_COND_H
#define XC_BASE_COND_H

#define XC_NS_DAV     "DAV:"
#define XC_NS_CALDAV  "urn:ietf:params:xml:ns:caldav"
#define XC_NS_CS      "http://calendarserver.org/ns/"
#define XC_NS_APPLE   "http://apple.com/ns/ical/"
#define XC_NS_EXCAL   "urn:mod-excal:ns"

#define XC_CONDITIONS(row)                                                               \
    row(PROPFIND_FINITE_DEPTH, XC_NS_DAV, "propfind-finite-depth", 403)                  \
    row(CANNOT_MODIFY_PROTECTED_PROPERTY, XC_NS_DAV, "cannot-modify-protected-property", 403) \
    row(RESOURCE_MUST_BE_NULL, XC_NS_DAV, "resource-must-be-null", 405)                  \
    row(VALID_RESOURCETYPE, XC_NS_DAV, "valid-resourcetype", 403)                        \
    row(VALID_SYNC_TOKEN, XC_NS_DAV, "valid-sync-token", 403)                            \
    row(NUMBER_OF_MATCHES, XC_NS_DAV, "number-of-matches-within-limits", 403)            \
    row(SYNC_TRAVERSAL, XC_NS_DAV, "sync-traversal-supported", 403)                      \
    row(SUPPORTED_REPORT, XC_NS_DAV, "supported-report", 403)                            \
    row(NEED_PRIVILEGES, XC_NS_DAV, "need-privileges", 403)                              \
    row(NO_ACE_CONFLICT, XC_NS_DAV, "no-ace-conflict", 403)                              \
    row(NO_PROTECTED_ACE_CONFLICT, XC_NS_DAV, "no-protected-ace-conflict", 403)          \
    row(LIMITED_NUMBER_OF_ACES, XC_NS_DAV, "limited-number-of-aces", 403)                \
    row(GRANT_ONLY, XC_NS_DAV, "grant-only", 403)                                        \
    row(NO_INVERT, XC_NS_DAV, "no-invert", 403)                                          \
    row(NOT_SUPPORTED_PRIVILEGE, XC_NS_DAV, "not-supported-privilege", 403)              \
    row(RECOGNIZED_PRINCIPAL, XC_NS_DAV, "recognized-principal", 403)                    \
    row(ALLOWED_PRINCIPAL, XC_NS_DAV, "allowed-principal", 403)                          \
    row(QUOTA_NOT_EXCEEDED, XC_NS_DAV, "quota-not-exceeded", 507)                        \
    row(SUFFICIENT_DISK_SPACE, XC_NS_DAV, "sufficient-disk-space", 507)                  \
    row(CANNOT_REMOVE, XC_NS_CALDAV, "default-calendar-needed", 403)                     \
    row(CALENDAR_COLLECTION_LOCATION_OK, XC_NS_CALDAV, "calendar-collection-location-ok", 403) \
    row(VALID_CALENDAR_DATA, XC_NS_CALDAV, "valid-calendar-data", 403)                   \
    row(VALID_CALENDAR_OBJECT, XC_NS_CALDAV, "valid-calendar-object-resource", 403)      \
    row(SUPPORTED_CALENDAR_DATA, XC_NS_CALDAV, "supported-calendar-data", 403)           \
    row(SUPPORTED_CALENDAR_COMPONENT, XC_NS_CALDAV, "supported-calendar-component", 403) \
    row(NO_UID_CONFLICT, XC_NS_CALDAV, "no-uid-conflict", 403)                           \
    row(MAX_RESOURCE_SIZE, XC_NS_CALDAV, "max-resource-size", 403)                       \
    row(MIN_DATE_TIME, XC_NS_CALDAV, "min-date-time", 403)                               \
    row(MAX_DATE_TIME, XC_NS_CALDAV, "max-date-time", 403)                               \
    row(MAX_INSTANCES, XC_NS_CALDAV, "max-instances", 403)                               \
    row(MAX_ATTENDEES, XC_NS_CALDAV, "max-attendees-per-instance", 403)                  \
    row(VALID_FILTER, XC_NS_CALDAV, "valid-filter", 403)                                 \
    row(SUPPORTED_FILTER, XC_NS_CALDAV, "supported-filter", 403)                         \
    row(SUPPORTED_COLLATION, XC_NS_CALDAV, "supported-collation", 403)                   \
    row(VALID_TIMEZONE, XC_NS_CALDAV, "valid-timezone", 403)                             \
    row(UNSUPPORTED_RECURRENCE, XC_NS_EXCAL, "recurrence-exchange-can-express", 403)     \
    row(UNSUPPORTED_TIMEZONE, XC_NS_EXCAL, "time-zone-exchange-can-express", 403)        \
    row(UNSUPPORTED_PROPERTY, XC_NS_EXCAL, "property-exchange-can-store", 403)           \
    row(SAME_ORGANIZER, XC_NS_CALDAV, "same-organizer-in-all-components", 403)           \
    row(ALLOWED_ORGANIZER_CHANGE, XC_NS_CALDAV, "allowed-organizer-scheduling-object-change", 403) \
    row(UNIQUE_SCHEDULING_OBJECT, XC_NS_CALDAV, "unique-scheduling-object-resource", 403) \
    row(ORGANIZER_ALLOWED, XC_NS_CALDAV, "organizer-allowed", 403)                       \
    row(VALID_SCHEDULE_DEFAULT_CALENDAR, XC_NS_CALDAV, "valid-schedule-default-calendar-URL", 403) \
    row(ALLOWED_ATTENDEE_CHANGE, XC_NS_CALDAV, "allowed-attendee-scheduling-object-change", 403) \
    row(VALID_SCHEDULING_MESSAGE, XC_NS_CALDAV, "valid-scheduling-message", 403)         \
    row(MAX_ATTACHMENT_SIZE, XC_NS_CALDAV, "max-attachment-size", 403)                   \
    row(MAX_ATTACHMENTS, XC_NS_CALDAV, "max-attachments-per-resource", 403)              \
    row(VALID_ACTION, XC_NS_CALDAV, "valid-action", 403)                                 \
    row(VALID_MANAGED_ID, XC_NS_CALDAV, "valid-managed-id", 403)                         \
    row(VALID_RID, XC_NS_CALDAV, "valid-rid", 403)

typedef enum xc_cond_e {
    XC_COND_NONE = 0,
#define XC_COND_SYMBOL(sym, ns, name, status) XC_COND_##sym,
    XC_CONDITIONS(XC_COND_SYMBOL)
#undef XC_COND_SYMBOL
        XC_COND_COUNT
} xc_cond_e;

/** Namespace URI of a condition's element; NULL for XC_COND_NONE. */
const char *xc_cond_ns(xc_cond_e cond);
/** Local name of a condition's element; NULL for XC_COND_NONE. */
const char *xc_cond_name(xc_cond_e cond);
/** The HTTP status that goes with it; 500 for XC_COND_NONE. */
int xc_cond_status(xc_cond_e cond);

#endif
