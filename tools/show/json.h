/*-------------------------------------------------------------------------
 *
 * show/json.h
 *		The states of the patches, for programs
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_JSON_H
#define SHOW_JSON_H

#include "plan/state.h"

/* Print all patches. */
extern void show_json_print(const PatchStates *states);

#endif							/* SHOW_JSON_H */
