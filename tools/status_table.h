/*-------------------------------------------------------------------------
 *
 * status_table.h
 *		The states of the patches, for people
 *
 *-------------------------------------------------------------------------
 */
#ifndef STATUS_TABLE_H
#define STATUS_TABLE_H

#include "patch_state.h"

extern void status_table_print(const PatchStates *states, int encoding);

#endif							/* STATUS_TABLE_H */
