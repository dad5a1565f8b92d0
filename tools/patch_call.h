/*-------------------------------------------------------------------------
 *
 * patch_call.h
 *		The arguments of a call of register_patch and its kin
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_CALL_H
#define PATCH_CALL_H

#include "patch_file.h"
#include "psql_script.h"

extern bool patch_call_read(PsqlScript *script, SqlToken *token,
							PatchCall *call, ComplaintList *complaints);
extern void patch_call_free(PatchCall *call);

#endif							/* PATCH_CALL_H */
