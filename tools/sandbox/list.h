/*-------------------------------------------------------------------------
 *
 * sandbox/list.h
 *		Which sandboxes and templates there are
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_LIST_H
#define SANDBOX_LIST_H

#include "libpq-fe.h"

/* Print a table of them, or JSON.  Returns false after a message. */
extern bool sandbox_list_print(PGconn *conn, bool is_json);

#endif							/* SANDBOX_LIST_H */
