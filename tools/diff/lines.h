/*-------------------------------------------------------------------------
 *
 * diff/lines.h
 *		In which lines two texts differ
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_LINES_H
#define DIFF_LINES_H

typedef struct DiffLine
{
	char		sign;			/* '-' only the first has it, '+', or ' ' */
	const char *text;			/* in one of the texts, no end after it */
	int			length;
} DiffLine;

typedef struct DiffLines
{
	DiffLine   *items;
	int			count;
} DiffLines;

/*
 * Compare the lines of two texts, which live as long as the result, and of
 * which each may be NULL: it has no lines.  The caller frees the items.
 */
extern DiffLines diff_lines_compare(const char *a, const char *b);

/*
 * Is this line to be shown?  Those that both have are if they are next to one
 * that only one of them has.
 */
extern bool diff_lines_is_near(const DiffLines *lines, int number);

#endif							/* DIFF_LINES_H */
