/* SPDX-License-Identifier: Apache-2.0 */
/* Folders in answers: shapes, elements, extended properties. */
#ifndef LAB_FOLDER_H
#define LAB_FOLDER_H

#include "ews/ext.h"

#define LAB_MAX_FOLDER_PROPS 32

typedef struct lab_folder_shape {
    int base;                          /* as lab_base_shape_t */
    bool wanted[LAB_MAX_FOLDER_PROPS]; /* by row of the folder property table */
    apr_array_header_t *ext;           /* lab_ext_t */
    bool one; /* GetFolder, which alone shows access lists */
} lab_folder_shape_t;

/* "CalendarFolder", "Folder" ... */
const char *lab_folder_element(const lab_folder_t *folder);
/* Reads m:FolderShape. */
const lab_fail_t *lab_folder_shape_read(lab_call_t *call, xmlNodePtr element,
                                        lab_folder_shape_t *shape);
/* Writes the folder's element. */
void lab_folder_shape_put(lab_call_t *call, const lab_folder_t *folder,
                          const lab_folder_shape_t *shape);
/* The value of an extended property, stored or computed; NULL when it has none. */
const char *lab_folder_ext(lab_call_t *call, const lab_folder_t *folder,
                           const lab_ext_t *ext);
/* The value of a "folder:..." field for comparisons; NULL when it has none. */
const char *lab_folder_field(lab_call_t *call, const lab_folder_t *folder,
                             const char *uri);

#endif
