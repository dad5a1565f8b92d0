/*-------------------------------------------------------------------------
 *
 * patch/call.h
 *		The calls of register_patch and its kin, with their arguments
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_CALL_H
#define PATCH_CALL_H

#include "base/complaint.h"
#include "fe_utils/simple_list.h"
#include "psql/script.h"

typedef enum PatchAction
{
	PATCH_REGISTER,				/* _v.register_patch */
	PATCH_TRY_REGISTER,			/* _v.try_register_patch */
	PATCH_UNREGISTER			/* _v.unregister_patch */
} PatchAction;

/* One call, with those of its arguments that are constants. */
typedef struct PatchCall
{
	PatchAction action;
	int			line;
	char	   *name;
	SimpleStringList requirements;
	SimpleStringList conflicts;
} PatchCall;

/* The calls that running a file would make */
typedef struct PatchFile
{
	PatchCall  *calls;			/* in the order they are made */
	int			count;
	int			space;
	ComplaintList complaints;	/* without a path: the caller knows it */
} PatchFile;

extern bool patch_call_read(PsqlScript *script, SqlToken *token,
							PatchCall *call, ComplaintList *complaints);
extern void patch_call_free(PatchCall *call);

#endif							/* PATCH_CALL_H */
