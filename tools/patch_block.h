/*-------------------------------------------------------------------------
 *
 * patch_block.h
 *		The calls that a block of PL/pgSQL runs
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_BLOCK_H
#define PATCH_BLOCK_H

#include "patch_reader.h"

extern void patch_block_read(PatchReader *reader);

#endif							/* PATCH_BLOCK_H */
