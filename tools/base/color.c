/*-------------------------------------------------------------------------
 *
 * base/color.c
 *		Colours on standard output, where a person sees them
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "base/color.h"

/* What the user has said; it counts for all that is printed. */
static enum
{
	WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER
}			choice = WHEN_AUTO;

static const char *const words[] = {
	[WHEN_AUTO] = "auto",
	[WHEN_ALWAYS] = "always",
	[WHEN_NEVER] = "never"
};

static const char *const beginnings[] = {
	[COLOR_RED] = "\033[31m",
	[COLOR_GREEN] = "\033[32m",
	[COLOR_YELLOW] = "\033[33m"
};

bool
color_choose(const char *when)
{
	size_t		i;

	for (i = 0; i < lengthof(words); i++)
	{
		if (strcmp(when, words[i]) != 0)
			continue;
		choice = i;
		return true;
	}
	return false;
}

/* Is somebody there to see colours, who has nothing against them? */
static bool
is_welcome(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) &&
		(no_color == NULL || no_color[0] == '\0') &&
		(terminal == NULL || strcmp(terminal, "dumb") != 0);
}

bool
color_is_on(void)
{
	return choice == WHEN_ALWAYS || (choice == WHEN_AUTO && is_welcome());
}

const char *
color_begin(Color color)
{
	return color_is_on() ? beginnings[color] : "";
}

const char *
color_end(void)
{
	return color_is_on() ? "\033[0m" : "";
}
