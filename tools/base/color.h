/*-------------------------------------------------------------------------
 *
 * base/color.h
 *		Colours on standard output, where a person sees them
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_COLOR_H
#define BASE_COLOR_H

typedef enum Color
{
	COLOR_RED,
	COLOR_GREEN,
	COLOR_YELLOW
} Color;

/*
 * When are there colours: "always", "never", or "auto", which is what it is
 * if nobody has said so: at a terminal, unless NO_COLOR is set.  Returns false
 * for any other word.
 */
extern bool color_choose(const char *when);

/* Are there any? */
extern bool color_is_on(void);

/* What begins a text of that colour, and ends it; empty without colours. */
extern const char *color_begin(Color color);
extern const char *color_end(void);

#endif							/* BASE_COLOR_H */
