/*-------------------------------------------------------------------------
 *
 * show/screen.c
 *		The states of the patches, for people
 *
 * If the table does not fit on the screen, the times are shorter, and what
 * there is to remark about a patch stands below its row.  If that is not
 * enough, names of patches and roles that are too long take several lines: the
 * other rows stay one line each.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/color.h"
#include "base/report.h"
#include "show/show.h"

/* The columns of the table */
enum
{
	CELL_NAME, CELL_STATE, CELL_TIME, CELL_ROLE, CELL_REMARKS, CELLS
};

static const char *const headers[] = {
	"patch", "state", "applied", "by", "remarks"
};

/* What stands between two cells, and what before a remark of its own */
#define SEPARATOR " | "
#define INDENT 6

/* The least widths that names of patches, and of roles, are given */
#define LEAST_WIDTH 10
#define LEAST_ROLE_WIDTH 15

/* Room for "2026-11-29 18:37" */
#define SHORT_TIME 16

typedef struct Row
{
	PatchStateKind kind;
	char	   *cells[CELLS];
} Row;

typedef struct Screen
{
	FILE	   *stream;
	int			encoding;
	int			columns;		/* 0: no limit */
	Row		   *rows;
	int			count;
	int			widths[CELLS];
	bool		is_narrow;		/* remarks stand below the rows */
} Screen;

const char *
show_screen_color(PatchStateKind kind)
{
	static const Color colors[] = {
		[PATCH_IS_APPLIED] = COLOR_GREEN,
		[PATCH_IS_PENDING] = COLOR_YELLOW,
		[PATCH_IS_WAITING] = COLOR_YELLOW,
		[PATCH_IS_BLOCKED] = COLOR_RED,
		[PATCH_IS_UNFINISHED] = COLOR_RED,
		[PATCH_IS_BEING_APPLIED] = COLOR_YELLOW,
		[PATCH_IS_BEING_TAKEN_BACK] = COLOR_YELLOW
	};

	return color_begin(colors[kind]);
}

/*
 * How many bytes of a text fit into so many columns, one character at least;
 * how wide they are goes to "width".
 */
static int
fit(const Screen *screen, const char *text, int columns, int *width)
{
	const char *p = text;

	*width = 0;
	while (*p != '\0')
	{
		int			next = Max(PQdsplen(p, screen->encoding), 0);

		if (*width + next > columns && p > text)
			break;
		*width += next;
		p += PQmblenBounded(p, screen->encoding);
	}
	return p - text;
}

/* How wide a text is. */
static int
width_of(const Screen *screen, const char *text)
{
	int			width;

	(void) fit(screen, text, PG_INT32_MAX, &width);
	return width;
}

/* Fill in the row of a patch. */
static void
fill_row(Row *row, const PatchStates *states, const PatchState *state)
{
	char	   *remarks = show_remarks_text(states, state);

	row->kind = state->kind;
	row->cells[CELL_NAME] = pg_strdup(report_printable(state->name));
	row->cells[CELL_STATE] = pg_strdup(plan_state_name(state->kind));
	row->cells[CELL_TIME] = show_remarks_applied_at(state);
	row->cells[CELL_ROLE] = pg_strdup(state->applied == NULL ? "" :
									  report_printable(
										  state->applied->applied_by));
	row->cells[CELL_REMARKS] = pg_strdup(remarks == NULL ? "" :
										 report_printable(remarks));
	pg_free(remarks);
}

/* Make each column as wide as what is in it; returns how wide that is. */
static int
measure(Screen *screen)
{
	int			cells = screen->is_narrow ? CELL_REMARKS : CELLS;
	int			total = 0;
	int			cell;
	int			i;

	for (cell = 0; cell < cells; cell++)
	{
		screen->widths[cell] = strlen(headers[cell]);
		for (i = 0; i < screen->count; i++)
			screen->widths[cell] =
				Max(screen->widths[cell],
					width_of(screen, screen->rows[i].cells[cell]));
		total += screen->widths[cell] + strlen(SEPARATOR);
	}
	return total - 1;
}

/* Take what is too much from a column; returns what is still too much. */
static int
narrow(Screen *screen, int cell, int least, int excess)
{
	int			width = screen->widths[cell];
	int			room = Max(width - least, 0);

	if (excess > 0)
		screen->widths[cell] -= Min(excess, room);
	return excess - room;
}

/* Have the table fit on the screen. */
static void
lay_out(Screen *screen)
{
	int			excess = measure(screen) - screen->columns;
	int			i;

	if (screen->columns == 0 || excess <= 0)
		return;
	screen->is_narrow = true;
	for (i = 0; i < screen->count; i++)
		if (strlen(screen->rows[i].cells[CELL_TIME]) > SHORT_TIME)
			screen->rows[i].cells[CELL_TIME][SHORT_TIME] = '\0';
	excess = measure(screen) - screen->columns;
	excess = narrow(screen, CELL_ROLE, LEAST_ROLE_WIDTH, excess);
	(void) narrow(screen, CELL_NAME, LEAST_WIDTH, excess);
}

/* Print as much of a text as its column takes; returns what is left of it. */
static const char *
print_cell(Screen *screen, int cell, const char *text, PatchStateKind *kind)
{
	int			width;
	int			length = fit(screen, text, screen->widths[cell], &width);

	fprintf(screen->stream, "%s%s%.*s%s", cell == 0 ? " " : SEPARATOR,
			kind == NULL ? "" : show_screen_color(*kind), length, text,
			kind == NULL ? "" : color_end());
	if (cell < CELL_REMARKS)
		fprintf(screen->stream, "%*s", screen->widths[cell] - width, "");
	return text + length;
}

/* Print a remark below its row, broken between words if it is too long. */
static void
print_remark(Screen *screen, const char *text)
{
	while (*text != '\0')
	{
		int			width;
		int			length = fit(screen, text, Max(screen->columns - INDENT,
												   LEAST_WIDTH), &width);
		int			end = length;

		while (text[length] != '\0' && end > 0 && text[end] != ' ')
			end--;
		if (end > 0)
			length = end;
		fprintf(screen->stream, "%*s%.*s\n", INDENT, "", length, text);
		text += length;
		text += strspn(text, " ");
	}
}

/* Print the row of a patch, in as many lines as its longest name takes. */
static void
print_row(Screen *screen, Row *row)
{
	int			cells = screen->is_narrow ? CELL_REMARKS : CELLS;
	const char *rests[CELLS];
	bool		is_first = true;
	bool		is_over = false;
	int			cell;

	for (cell = 0; cell < cells; cell++)
		rests[cell] = row->cells[cell];
	while (!is_over)
	{
		is_over = true;
		for (cell = 0; cell < cells; cell++)
		{
			rests[cell] = print_cell(screen, cell, rests[cell],
									 is_first && cell == CELL_STATE ?
									 &row->kind : NULL);
			is_over = is_over && rests[cell][0] == '\0';
		}
		putc('\n', screen->stream);
		is_first = false;
	}
	if (screen->is_narrow)
		print_remark(screen, row->cells[CELL_REMARKS]);
}

/* Print what the columns are called, and a line below it. */
static void
print_head(Screen *screen)
{
	int			cells = screen->is_narrow ? CELL_REMARKS : CELLS;
	int			cell;
	int			i;

	for (cell = 0; cell < cells; cell++)
		(void) print_cell(screen, cell, headers[cell], NULL);
	putc('\n', screen->stream);
	for (cell = 0; cell < cells; cell++)
	{
		fputs(cell == 0 ? "-" : "-+-", screen->stream);
		for (i = 0; i < screen->widths[cell]; i++)
			putc('-', screen->stream);
	}
	fputs("\n", screen->stream);
}

void
show_screen_print(FILE *stream, const PatchStates *states, bool only_pending,
				  int encoding, int columns)
{
	Screen		screen = {stream, encoding, columns, NULL, 0, {0}, false};
	int			cell;
	int			i;

	screen.rows = pg_malloc0((states->count + 1) * sizeof(Row));
	for (i = 0; i < states->count; i++)
		if (!only_pending || states->items[i].kind != PATCH_IS_APPLIED)
			fill_row(&screen.rows[screen.count++], states, &states->items[i]);
	lay_out(&screen);
	print_head(&screen);
	for (i = 0; i < screen.count; i++)
	{
		print_row(&screen, &screen.rows[i]);
		for (cell = 0; cell < CELLS; cell++)
			pg_free(screen.rows[i].cells[cell]);
	}
	putc('\n', stream);
	pg_free(screen.rows);
}
