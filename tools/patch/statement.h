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

extern void patch_statement_read(PatchReader *reader);

#endif							/* PATCH_STATEMENT_H */
