/*-------------------------------------------------------------------------
 *
 * run/origin.h
 *		Who runs a file, on which machine, and at which revision it is
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_ORIGIN_H
#define RUN_ORIGIN_H

#include "pqexpbuffer.h"

/*
 * Append calls that say so of the file of that path, or of none if that is
 * NULL, to a list of expressions that has some; what is not known is left out.
 * May run git, for each directory once, and waits for it two seconds at most.
 */
extern void run_origin_append(PQExpBuffer query, const char *path,
							  bool is_unicode);

#endif							/* RUN_ORIGIN_H */
