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

extern void show_table_print(const PatchStates *states, int encoding);

#endif							/* SHOW_TABLE_H */
