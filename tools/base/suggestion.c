/*-------------------------------------------------------------------------
 *
 * base/suggestion.c
 *		The name that was probably meant
 *
 * The nearest name is the one that takes the fewest steps to become the one
 * that was written: a character more, less, changed, or two neighbours
 * swapped (the Damerau-Levenshtein distance, in its restricted form).  It is
 * worth a word if no more than a third of the characters differ, or one of a
 * few, but not all of them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/suggestion.h"

/* Names that are longer are not compared */
#define LONGEST 255

void
suggestion_init(Suggestion *suggestion, const char *wanted)
{
	int			length = strlen(wanted);

	suggestion->wanted = wanted;
	suggestion->nearest = NULL;
	suggestion->distance = Min(Max(1, length / 3) + 1, length);
}

/* How many steps lead from one text to the other?  Bytes, not characters. */
static int
distance(const char *a, int a_length, const char *b, int b_length)
{
	int			rows[3][LONGEST + 1];
	int		   *before = rows[0];
	int		   *last = rows[1];
	int		   *row = rows[2];
	int			i;
	int			j;

	for (j = 0; j <= b_length; j++)
		row[j] = j;
	for (i = 1; i <= a_length; i++)
	{
		int		   *oldest = before;

		before = last;
		last = row;
		row = oldest;
		row[0] = i;
		for (j = 1; j <= b_length; j++)
		{
			int			change = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = Min(change, Min(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = Min(row[j], before[j - 2] + 1);
		}
	}
	return row[b_length];
}

void
suggestion_offer(Suggestion *suggestion, const char *name)
{
	int			wanted_length = strlen(suggestion->wanted);
	int			length = strlen(name);
	int			steps;

	if (length > LONGEST || wanted_length > LONGEST ||
		abs(length - wanted_length) >= suggestion->distance)
		return;
	steps = distance(suggestion->wanted, wanted_length, name, length);
	if (steps < suggestion->distance)
	{
		suggestion->nearest = name;
		suggestion->distance = steps;
	}
}
