/*-------------------------------------------------------------------------
 *
 * base/duration.c
 *		How long something takes, or may take
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <ctype.h>
#include <limits.h>

#include "base/duration.h"

/* The units, as PostgreSQL's settings know them */
static const struct
{
	const char *name;
	int64		milliseconds;
}			units[] = {
	{"ms", 1},
	{"s", 1000},
	{"min", 60 * 1000},
	{"h", 60 * 60 * 1000},
	{"d", 24 * 60 * 60 * 1000}
};

/* How many milliseconds a unit has; 0: it is none. */
static int64
unit_milliseconds(const char *name)
{
	size_t		i;

	for (i = 0; i < lengthof(units); i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].milliseconds;
	return 0;
}

bool
duration_parse(const char *text, int64 *milliseconds)
{
	int64		number = 0;
	int64		unit;
	const char *p;

	for (p = text; isdigit((unsigned char) *p) && number <= INT_MAX; p++)
		number = number * 10 + (*p - '0');
	if (p == text || number > INT_MAX)
		return false;
	while (*p == ' ')
		p++;
	unit = *p == '\0' && number == 0 ? 1 : unit_milliseconds(p);
	if (unit == 0 || number > INT_MAX / unit)
		return false;
	*milliseconds = number * unit;
	return true;
}

const char *
duration_text(int64 milliseconds)
{
	static char text[64];
	int64		seconds = milliseconds / 1000;

	if (milliseconds < 1000)
		snprintf(text, sizeof(text), "%d ms", (int) milliseconds);
	else if (seconds < 60)
		snprintf(text, sizeof(text), "%d.%d s", (int) seconds,
				 (int) (milliseconds % 1000 / 100));
	else if (seconds < 3600)
		snprintf(text, sizeof(text), "%d min %d s", (int) (seconds / 60),
				 (int) (seconds % 60));
	else
		snprintf(text, sizeof(text), "%d h %d min", (int) (seconds / 3600),
				 (int) (seconds % 3600 / 60));
	return text;
}
