/*-------------------------------------------------------------------------
 *
 * status_json.h
 *		The states of the patches, for programs
 *
 *-------------------------------------------------------------------------
 */
#ifndef STATUS_JSON_H
#define STATUS_JSON_H

#include "patch_state.h"

extern void status_json_print(const PatchStates *states);

#endif							/* STATUS_JSON_H */
