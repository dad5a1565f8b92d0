/*-------------------------------------------------------------------------
 *
 * base/suggestion.h
 *		The name that was probably meant
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_SUGGESTION_H
#define BASE_SUGGESTION_H

/* The nearest of several names so far */
typedef struct Suggestion
{
	const char *wanted;
	const char *nearest;		/* NULL: none is near enough */
	int			distance;
} Suggestion;

/* Begin to look for the name that was meant by "wanted". */
extern void suggestion_init(Suggestion *suggestion, const char *wanted);

/* Was this name meant?  It must outlive the suggestion. */
extern void suggestion_offer(Suggestion *suggestion, const char *name);

#endif							/* BASE_SUGGESTION_H */
