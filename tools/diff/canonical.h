/*-------------------------------------------------------------------------
 *
 * diff/canonical.h
 *		Definitions as they are printed after a dump was restored
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_CANONICAL_H
#define DIFF_CANONICAL_H

/*
 * A definition as the server would print it if it had been created by what the
 * server prints.  The caller frees it; NULL: it is so already.
 */
extern char *diff_canonical(const char *definition);

#endif							/* DIFF_CANONICAL_H */
