/*-------------------------------------------------------------------------
 *
 * show/dot.c
 *		A drawing of patches in Graphviz's language
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

#include "mb/pg_wchar.h"
#include "show/dot.h"

/* How nodes of a kind look, and what the legend calls them */
typedef struct Look
{
	const char *class;
	const char *color;
	const char *style;
} Look;

static const Look looks[] = {
	[DRAWING_UNKNOWN] = {"unknown", NULL, "dotted"},
	[DRAWING_FILE] = {NULL, NULL, NULL},
	[DRAWING_APPLIED] = {"applied", "#b8e3b1", NULL},
	[DRAWING_PENDING] = {"pending", "#fff2b3", NULL},
	[DRAWING_BLOCKED] = {"blocked", "#ffb3a7", NULL},
	[DRAWING_WITHOUT_FILE] = {"applied without file", "#d5d5d5", NULL}
};

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
	size_t		i;

	fputs("\tlabelloc=b;\n"
		  "\tlabel=<<TABLE BORDER=\"0\" CELLSPACING=\"8\"><TR>", stdout);
	for (i = 0; i < lengthof(looks); i++)
		if (looks[i].color != NULL)
			printf("<TD BGCOLOR=\"%s\">%s</TD>", looks[i].color,
				   looks[i].class);
	fputs("</TR></TABLE>>;\n", stdout);
}

/* Print a node. */
static void
print_node(const DrawingNode *node)
{
	const Look *look = &looks[node->kind];

	putchar('\t');
	print_quoted(node->name, false);
	if (needs_label(node->name))
	{
		fputs(" [label=", stdout);
		print_quoted(node->name, true);
		putchar(']');
	}
	if (look->class != NULL)
		printf(" [class=\"%s\"]", look->class);
	if (look->color != NULL)
		printf(" [fillcolor=\"%s\"]", look->color);
	if (look->style != NULL)
		printf(" [style=%s]", look->style);
	puts(";");
}

/* Print an edge. */
static void
print_edge(const Drawing *drawing, const DrawingEdge *edge)
{
	putchar('\t');
	print_quoted(drawing->nodes[edge->from].name, false);
	fputs(" -> ", stdout);
	print_quoted(drawing->nodes[edge->to].name, false);
	if (edge->is_conflict)
		fputs(" [class=\"conflict\", dir=none, style=dashed, color=red, "
			  "constraint=false]", stdout);
	puts(";");
}

void
show_dot_print(const Drawing *drawing, bool has_states)
{
	int			i;

	puts("digraph patches {\n"
		 "\tcharset=\"UTF-8\";\n"
		 "\trankdir=BT;\n"
		 "\tfontname=\"Helvetica\";\n"
		 "\tnode [shape=box, style=\"rounded,filled\", fillcolor=white, "
		 "fontname=\"Helvetica\"];");
	if (has_states)
		print_legend();

	putchar('\n');
	for (i = 0; i < drawing->node_count; i++)
		if (drawing->nodes[i].is_shown)
			print_node(&drawing->nodes[i]);

	putchar('\n');
	for (i = 0; i < drawing->edge_count; i++)
	{
		const DrawingEdge *edge = &drawing->edges[i];

		if (drawing->nodes[edge->from].is_shown &&
			drawing->nodes[edge->to].is_shown)
			print_edge(drawing, edge);
	}
	puts("}");
}
