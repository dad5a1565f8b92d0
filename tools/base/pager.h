/*-------------------------------------------------------------------------
 *
 * base/pager.h
 *		Output that may not fit on the screen
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_PAGER_H
#define BASE_PAGER_H

/*
 * Where to write what may be long: standard output, or, if that is a terminal,
 * a memory, which pager_close() then shows.  There is one at a time.
 */
extern FILE *pager_open(void);

/*
 * That was all.  At a terminal it is shown, by a pager if it does not fit on
 * the screen: by the one that psql would use (PSQL_PAGER, PAGER).
 */
extern void pager_close(FILE *stream);

/* How many columns the terminal has on standard output; 0 if it is none. */
extern int	pager_columns(void);

#endif							/* BASE_PAGER_H */
