/*-------------------------------------------------------------------------
 *
 * diff/lines.c
 *		In which lines two texts differ
 *
 * What the texts have in common at their beginnings and ends is taken off;
 * between them, the longest sequence of lines that both have is found in the
 * way of the textbooks, which takes the product of their numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "diff/lines.h"

/* Beyond this product of lines, all of one text comes before the other */
#define MOST_CELLS (16 * 1024 * 1024)

/* How many lines are shown before and after those that differ */
#define CONTEXT 2

/* Take a text apart. */
static DiffLines
split(const char *text)
{
	DiffLines	lines = {NULL, 0};

	while (text != NULL)
	{
		int			length = strcspn(text, "\n");
		DiffLine	line = {' ', text, length};

		ARRAY_MAKE_ROOM(lines.items, lines.count);
		lines.items[lines.count++] = line;
		text = text[length] == '\n' ? text + length + 1 : NULL;
	}
	return lines;
}

static bool
are_equal(const DiffLine *a, const DiffLine *b)
{
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* Add a line, which has that sign. */
static void
add(DiffLines *lines, char sign, const DiffLine *line)
{
	ARRAY_MAKE_ROOM(lines->items, lines->count);
	lines->items[lines->count] = *line;
	lines->items[lines->count++].sign = sign;
}

/*
 * How many lines the rests of two lists have in common, for each of their
 * beginnings: the rest of "a" from i on and of "b" from j on have
 * [i * (b->count + 1) + j].
 */
static int *
count_common(const DiffLines *a, const DiffLines *b)
{
	int			width = b->count + 1;
	int		   *counts = pg_malloc0((size_t) (a->count + 1) * width *
									sizeof(int));
	int			i;
	int			j;

	for (i = a->count - 1; i >= 0; i--)
		for (j = b->count - 1; j >= 0; j--)
		{
			int		   *cell = counts + (size_t) i * width + j;

			*cell = are_equal(&a->items[i], &b->items[j]) ?
				cell[width + 1] + 1 : Max(cell[width], cell[1]);
		}
	return counts;
}

/* Add the lines of two lists. */
static void
add_both(DiffLines *lines, const DiffLines *a, const DiffLines *b)
{
	bool		is_long = (int64) a->count * b->count > MOST_CELLS;
	int		   *counts = is_long ? NULL : count_common(a, b);
	int			width = b->count + 1;
	int			i = 0;
	int			j = 0;

	while (i < a->count || j < b->count)
	{
		const int  *cell = is_long ? NULL : counts + (size_t) i * width + j;

		if (i < a->count && j < b->count && !is_long &&
			are_equal(&a->items[i], &b->items[j]))
		{
			add(lines, ' ', &a->items[i++]);
			j++;
		}
		else if (i < a->count &&
				 (j == b->count || is_long || cell[width] >= cell[1]))
			add(lines, '-', &a->items[i++]);
		else
			add(lines, '+', &b->items[j++]);
	}
	pg_free(counts);
}

DiffLines
diff_lines_compare(const char *a, const char *b)
{
	DiffLines	first = split(a);
	DiffLines	second = split(b);
	DiffLines	lines = {NULL, 0};
	int			common = Min(first.count, second.count);
	int			head = 0;
	int			tail = 0;
	int			i;

	while (head < common &&
		   are_equal(&first.items[head], &second.items[head]))
		add(&lines, ' ', &first.items[head++]);
	while (tail < common - head &&
		   are_equal(&first.items[first.count - 1 - tail],
					 &second.items[second.count - 1 - tail]))
		tail++;
	{
		DiffLines	x = {first.items + head, first.count - head - tail};
		DiffLines	y = {second.items + head, second.count - head - tail};

		add_both(&lines, &x, &y);
	}
	for (i = first.count - tail; i < first.count; i++)
		add(&lines, ' ', &first.items[i]);
	pg_free(first.items);
	pg_free(second.items);
	return lines;
}

bool
diff_lines_is_near(const DiffLines *lines, int number)
{
	int			i;

	for (i = Max(number - CONTEXT, 0);
		 i <= number + CONTEXT && i < lines->count; i++)
		if (lines->items[i].sign != ' ')
			return true;
	return false;
}
