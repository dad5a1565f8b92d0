/*-------------------------------------------------------------------------
 *
 * show/table.h
 *		The states of the patches, for people
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_TABLE_H
#define SHOW_TABLE_H

#include "plan/state.h"

/* Print the table of all patches; "encoding" is the one that names are in. */
extern void show_table_print(const PatchStates *states, int encoding);

#endif							/* SHOW_TABLE_H */
