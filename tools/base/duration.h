/*-------------------------------------------------------------------------
 *
 * base/duration.h
 *		How long something takes, or may take
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

/*
 * Read a duration as PostgreSQL's settings have it: digits and a unit, which
 * is ms, s, min, h or d, or just 0.  Returns false if it is none, or more than
 * such a setting can be.
 */
extern bool duration_parse(const char *text, int64 *milliseconds);

/* What a text must be that is one, in words */
#define DURATION_FORM "a whole number with a unit, such as \"500ms\", " \
	"\"2s\" or \"10min\", up to 24 days"

/* A duration as people say it.  The text is overwritten by the next call. */
extern const char *duration_text(int64 milliseconds);

#endif							/* BASE_DURATION_H */
