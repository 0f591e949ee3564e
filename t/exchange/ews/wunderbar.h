/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Navigation shortcuts ([MS-OXOCFG] 2.2.9): the calendars that a user has opened in
 * Outlook are associated items of class IPM.Microsoft.WunderBar.Link in the folder
 * "Common Views" of his mailbox's root (FindFolder on `root`, then FindItem with
 * Traversal="Associated" and the properties as ExtendedFieldURI PropertyTag). Of the same
 * class are the headers of the groups they stand in; PidTagWlinkType (0x6849) tells them
 * apart: 0 a folder of his own, 2 one of somebody else, 4 a header. Whose folder it is
 * says PidTagWlinkAddressBookEID (0x6854), an address book entry id that ends in the
 * owner's legacyExchangeDN, which ResolveNames takes; which folder PidTagWlinkEntryId
 * (0x684C), which ConvertId makes an EwsId of with the owner's address as Mailbox.
 * Traversal="Associated" came with 2010: an Exchange 2007 refuses it as against its
 * schema.
 */
#ifndef LAB_WUNDERBAR_H
#define LAB_WUNDERBAR_H

#include "store/store.h"

#define LAB_LINK_CLASS "IPM.Microsoft.WunderBar.Link"

/* Makes the shortcut to a folder of somebody else in a user's Common Views, with the
 * groups as Outlook has them, unless it is there. */
void lab_link_add(lab_db_t *db, apr_pool_t *pool, int user, const lab_folder_t *folder);

#endif
