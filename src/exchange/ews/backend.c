/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's table for Exchange Web Services. */
#include "exchange/ews/attachments.h"
#include "exchange/ews/ews.h"
#include "exchange/ews/meetings.h"
#include "exchange/ews/sharing.h"

static const xc_attachments_ops_t attachments = {
    .get = xc_ews_attachment_get,
};

static const xc_meetings_ops_t meetings = {
    .list = xc_ews_message_list,
    .fetch = xc_ews_message_fetch,
    .answer = xc_ews_meeting_answer,
    .remove = xc_ews_meeting_remove,
    .discard = xc_ews_message_discard,
};

const xc_backend_t xc_backend_ews = {
    .name = "ews",
    .meetings = &meetings,
    .people = &xc_ews_people,
    .tasks = &xc_ews_tasks,
    .attachments = &attachments,
    .sharing = &xc_ews_sharing,
    .sign_in = xc_ews_sign_in,
    .folder_sync = xc_ews_folder_sync,
    .folder_create = xc_ews_folder_create,
    .folder_update = xc_ews_folder_update,
    .folder_delete = xc_ews_folder_delete,
    .item_sync = xc_ews_item_sync,
    .item_sync_many = xc_ews_item_sync_many,
    .item_fetch = xc_ews_item_fetch,
    .item_create = xc_ews_item_create,
    .item_update = xc_ews_item_update,
    .item_delete = xc_ews_item_delete,
    .item_move = xc_ews_item_move,
    .item_copy = xc_ews_item_copy,
    .item_props = xc_ews_item_props,
};
