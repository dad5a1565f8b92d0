/*-------------------------------------------------------------------------
 *
 * show/graph.c
 *		A drawing of patches in Graphviz's language
 *
 * The nodes are the patches, by the numbers of their states, then names that
 * are merely required or in conflict.
 *
 * A name stands between double quotes.  There a backslash is Graphviz's
 * escape character, first for the quote, then, when the text is drawn, for
 * others; so it is doubled.  What cannot be drawn, control characters and
 * bytes that are not UTF-8, goes into the output as a single backslash with
 * hexadecimal digits, which no other name becomes: names that differ stay
 * different.  Such a node has a label, as by itself Graphviz would draw the
 * digits only.  So has one with a "&", which Graphviz would take for the
 * beginning of an entity, as in HTML, and one that begins with "%", as do the
 * names that Graphviz makes up.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/name_table.h"
#include "mb/pg_wchar.h"
#include "show/show.h"

struct Drawing
{
	const PatchStates *states;
	NameTable  *table;			/* numbers of the nodes */
	const char **names;			/* of the nodes */
	int			count;
	bool	   *is_shown;
	NameTable  *drawn;			/* what edges have been printed */
};

/* How nodes of a kind look, and what the legend calls them */
typedef struct Look
{
	const char *class;
	const char *color;
} Look;

static const Look looks[] = {
	[PATCH_IS_APPLIED] = {"applied", "#b8e3b1"},
	[PATCH_IS_PENDING] = {"pending", "#fff2b3"},
	[PATCH_IS_WAITING] = {"pending", "#fff2b3"},
	[PATCH_IS_BLOCKED] = {"blocked", "#ffb3a7"},
	[PATCH_IS_UNFINISHED] = {"pending", "#fff2b3"},
	[PATCH_IS_BEING_APPLIED] = {"applied", "#b8e3b1"},
	[PATCH_IS_BEING_TAKEN_BACK] = {"pending", "#fff2b3"}
};

static const Look without_file = {"applied without file", "#d5d5d5"};

/* Add a node, unless there is one of that name. */
static void
add_node(Drawing *drawing, const char *name)
{
	int			count = drawing->count;

	if (name_table_add(drawing->table, name) < count)
		return;
	ARRAY_MAKE_ROOM(drawing->names, count);
	drawing->names[drawing->count++] = name;
}

/* Add nodes for the names of a list. */
static void
add_nodes(Drawing *drawing, const SimpleStringList *list)
{
	const SimpleStringListCell *cell;

	for (cell = list->head; cell != NULL; cell = cell->next)
		add_node(drawing, cell->val);
}

Drawing *
show_graph_create(const PatchStates *states)
{
	Drawing    *drawing = pg_malloc0(sizeof(Drawing));
	int			i;

	drawing->states = states;
	drawing->table = name_table_create(states->count);
	drawing->drawn = name_table_create(2 * states->count);
	for (i = 0; i < states->count; i++)
		add_node(drawing, states->items[i].name);
	for (i = 0; i < states->count; i++)
	{
		add_nodes(drawing, states->items[i].requirements);
		add_nodes(drawing, states->items[i].conflicts);
	}
	drawing->is_shown = pg_malloc0(drawing->count + 1);
	return drawing;
}

void
show_graph_free(Drawing *drawing)
{
	name_table_free(drawing->table);
	name_table_free(drawing->drawn);
	pg_free(drawing->names);
	pg_free(drawing->is_shown);
	pg_free(drawing);
}

bool
show_graph_show(Drawing *drawing, const char *name)
{
	int			first = name_table_find(drawing->table, name);
	int		   *waiting;
	int			count = 0;

	if (first == NAME_TABLE_NONE)
		return false;

	/* A node waits once for each edge at most: mark it when it begins to */
	waiting = pg_malloc(drawing->count * sizeof(int));
	if (!drawing->is_shown[first])
		waiting[count++] = first;
	drawing->is_shown[first] = true;
	while (count > 0)
	{
		int			number = waiting[--count];
		const SimpleStringListCell *cell =
			number >= drawing->states->count ? NULL :
			drawing->states->items[number].requirements->head;

		for (; cell != NULL; cell = cell->next)
		{
			int			next = name_table_find(drawing->table, cell->val);

			if (!drawing->is_shown[next])
				waiting[count++] = next;
			drawing->is_shown[next] = true;
		}
	}
	pg_free(waiting);
	return true;
}

void
show_graph_show_all(Drawing *drawing)
{
	memset(drawing->is_shown, true, drawing->count);
}

/* The length of the character there, or 0 if it cannot be drawn. */
static int
character_length(const char *text)
{
	const unsigned char *p = (const unsigned char *) text;
	int			length = pg_utf_mblen(p);

	if (*p < ' ' || *p == 0x7F ||
		strnlen(text, length) < (size_t) length ||
		!pg_utf8_islegal(p, length))
		return 0;
	return length;
}

/*
 * Print a name in quotes, as it is, or as a label that shows what cannot be
 * drawn.
 */
static void
print_quoted(const char *name, bool is_label)
{
	putchar('"');
	while (*name != '\0')
	{
		int			length = character_length(name);

		if (*name == '\n')
			fputs("\\n", stdout);
		else if (length == 0)
			printf(is_label ? "\\\\x%02X" : "\\x%02X", (unsigned char) *name);
		else if (*name == '"' || *name == '\\')
			printf("\\%c", *name);
		else if (*name == '&' && is_label)
			fputs("&amp;", stdout);
		else
			fwrite(name, 1, length, stdout);
		name += Max(length, 1);
	}
	putchar('"');
}

/* Would the name, without a label, look other than it is? */
static bool
needs_label(const char *name)
{
	if (name[0] == '%')
		return true;
	for (; *name != '\0'; name += character_length(name))
		if (*name == '&' || character_length(name) == 0)
			return true;
	return false;
}

/* Print what the colors mean. */
static void
print_legend(void)
{
	const Look *legend[] = {
		&looks[PATCH_IS_APPLIED], &looks[PATCH_IS_PENDING],
		&looks[PATCH_IS_BLOCKED], &without_file
	};
	size_t		i;

	fputs("\tlabelloc=b;\n"
		  "\tlabel=<<TABLE BORDER=\"0\" CELLSPACING=\"8\"><TR>", stdout);
	for (i = 0; i < lengthof(legend); i++)
		printf("<TD BGCOLOR=\"%s\">%s</TD>", legend[i]->color,
			   legend[i]->class);
	fputs("</TR></TABLE>>;\n", stdout);
}

/* Print how a node looks, if that is known. */
static void
print_look(const Drawing *drawing, int number, bool has_register)
{
	const PatchState *state = &drawing->states->items[number];
	const Look *look;

	if (number >= drawing->states->count)
		fputs(" [class=\"unknown\"] [style=dotted]", stdout);
	else if (has_register)
	{
		look = state->applied != NULL && state->call == NULL ?
			&without_file : &looks[state->kind];
		printf(" [class=\"%s\"] [fillcolor=\"%s\"]", look->class,
			   look->color);
	}
}

/* Print a node. */
static void
print_node(const Drawing *drawing, int number, bool has_register)
{
	const char *name = drawing->names[number];

	putchar('\t');
	print_quoted(name, false);
	if (needs_label(name))
	{
		fputs(" [label=", stdout);
		print_quoted(name, true);
		putchar(']');
	}
	print_look(drawing, number, has_register);
	puts(";");
}

/*
 * Is it the first edge between the two?  A requirement has a direction, a
 * conflict has none: whoever declares it, it is drawn once.
 */
static bool
is_new_edge(Drawing *drawing, int from, int to, bool is_conflict)
{
	char		key[64];
	bool		is_new;

	if (is_conflict)
		snprintf(key, sizeof(key), "%d - %d", Min(from, to), Max(from, to));
	else
		snprintf(key, sizeof(key), "%d > %d", from, to);
	is_new = name_table_find(drawing->drawn, key) == NAME_TABLE_NONE;
	(void) name_table_add(drawing->drawn, key);
	return is_new;
}

/* Print the edges from a node to those of a list. */
static void
print_edges(Drawing *drawing, int from, const SimpleStringList *list,
			bool is_conflict)
{
	const SimpleStringListCell *cell;

	for (cell = list->head; cell != NULL; cell = cell->next)
	{
		int			to = name_table_find(drawing->table, cell->val);

		if (!drawing->is_shown[from] || !drawing->is_shown[to] ||
			!is_new_edge(drawing, from, to, is_conflict))
			continue;
		putchar('\t');
		print_quoted(drawing->names[from], false);
		fputs(" -> ", stdout);
		print_quoted(cell->val, false);
		if (is_conflict)
			fputs(" [class=\"conflict\", dir=none, style=dashed, color=red, "
				  "constraint=false]", stdout);
		puts(";");
	}
}

void
show_graph_print(Drawing *drawing, bool has_register)
{
	int			i;

	puts("digraph patches {\n"
		 "\tcharset=\"UTF-8\";\n"
		 "\trankdir=BT;\n"
		 "\tfontname=\"Helvetica\";\n"
		 "\tnode [shape=box, style=\"rounded,filled\", fillcolor=white, "
		 "fontname=\"Helvetica\"];");
	if (has_register)
		print_legend();

	putchar('\n');
	for (i = 0; i < drawing->count; i++)
		if (drawing->is_shown[i])
			print_node(drawing, i, has_register);

	putchar('\n');
	for (i = 0; i < drawing->states->count; i++)
	{
		const PatchState *state = &drawing->states->items[i];

		print_edges(drawing, i, state->requirements, false);
		print_edges(drawing, i, state->conflicts, true);
	}
	puts("}");
}
