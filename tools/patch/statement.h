/*-------------------------------------------------------------------------
 *
 * patch/statement.h
 *		Which calls in an SQL statement are run
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_STATEMENT_H
#define PATCH_STATEMENT_H

#include "patch/reader.h"

/*
 * Read the statement whose first token is the current one, up to its end, and
 * collect the calls that it runs.
 */
extern void patch_statement_read(PatchReader *reader);

#endif							/* PATCH_STATEMENT_H */
