/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dir_rows.h
 * Inside of the directory: its entries.
 */
#ifndef LAB_DIR_ROWS_H
#define LAB_DIR_ROWS_H

#include "directory/dir.h"

#define LAB_DIR_SID "S-1-5-21-1004336348-1177238915-682003330-"
#define LAB_DIR_LEGACY                                                                   \
    "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="

extern const lab_dir_entry_t lab_dir_rows[];
extern const int lab_dir_row_count;
extern const lab_dir_entry_t lab_dir_public_row;

#endif
