/*-------------------------------------------------------------------------
 *
 * diff/report.c
 *		What has come of a comparison, for people
 *
 * Grouped by schema and relation, each difference with a line that can be
 * found by the name of the object, and the lines in which its texts differ.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/color.h"
#include "base/report.h"
#include "diff/culprit.h"
#include "diff/lines.h"
#include "diff/report.h"

bool
diff_report_is_empty(const DiffReport *report)
{
	return report->patches.count == 0 && report->comparison->count == 0;
}

/* How a type is called: that of a table needs no mention. */
static const char *
type_name(const char *type)
{
	if (strcmp(type, "table column") == 0 ||
		strcmp(type, "table constraint") == 0)
		return type + strlen("table ");
	return type;
}

/* Print so many bytes of a text that the database has; tabs stay. */
static void
print_text(const char *text, int length)
{
	char	   *copy = pnstrdup(text, length);
	char	   *rest = copy;
	char	   *part;

	while ((part = strsep(&rest, "\t")) != NULL)
	{
		report_escaped(stdout, part);
		if (rest != NULL)
			putchar('\t');
	}
	pfree(copy);
}

/* Print a line with a sign before it. */
static void
print_line(int indent, const DiffLine *line)
{
	const char *begin = line->sign == '-' ? color_begin(COLOR_RED) :
		line->sign == '+' ? color_begin(COLOR_GREEN) : "";

	printf("%*s%s%c ", indent, "", begin, line->sign);
	print_text(line->text, line->length);
	puts(begin[0] == '\0' ? "" : color_end());
}

/* Print in which lines two texts differ, each of which may be NULL. */
static void
print_lines(int indent, const char *a, const char *b)
{
	DiffLines	lines = diff_lines_compare(a, b);
	bool		is_gap = false;
	int			i;

	for (i = 0; i < lines.count; i++)
	{
		bool		is_near = diff_lines_is_near(&lines, i);

		if (is_near)
			print_line(indent, &lines.items[i]);
		else if (!is_gap)
			printf("%*s  ...\n", indent, "");
		is_gap = !is_near;
	}
	pg_free(lines.items);
}

/* Print a text that only one side has. */
static void
print_side(int indent, int side, const char *text)
{
	print_lines(indent, side == 0 ? text : NULL, side == 0 ? NULL : text);
}

/* Print who has done what, and when. */
static void
print_culprit(const DiffCulprit *culprit, const char *verb, const char *where)
{
	printf("%s", verb);
	if (where != NULL)
		printf(" in %s", where);
	printf(culprit->patch == NULL ? " outside a patch by " : " by patch \"");
	if (culprit->patch != NULL)
	{
		report_escaped(stdout, culprit->patch);
		printf("\", %s by ", strcmp(culprit->event, "taken back") == 0 ?
			   "taken back" : "applied");
	}
	report_escaped(stdout, culprit->role);
	printf(" on %s (", culprit->at);
	report_escaped(stdout, culprit->command);
	putchar(')');
}

/* Print who was it, as far as that is known. */
static void
print_culprits(const DiffReport *report, const Difference *difference)
{
	int			i;

	for (i = 0; i < 2; i++)
	{
		const DiffCulprit *culprit = &difference->culprits[i];
		const char *action = culprit->action;
		bool		is_whole = difference->aspect == NULL;
		bool		is_here = is_whole && difference->objects[i] != NULL;

		if (!diff_culprit_is_telling(difference, i))
			continue;
		fputs(is_here ? ", " : "; ", stdout);
		print_culprit(culprit, strcmp(action, "altered") == 0 ?
					  "last changed" : action,
					  is_here ? NULL : report->sides[i].name);
	}
}

/* Is an aspect a word for several things? */
static bool
is_plural(const char *aspect)
{
	return strncmp(aspect, "grants", 6) == 0 ||
		aspect[strlen(aspect) - 1] == 's';
}

/* Print the line about a difference. */
static void
print_head(const DiffReport *report, const Difference *difference)
{
	int			side = diff_compare_side(difference);
	const DiffObject *object = difference->objects[side];
	const char *aspect = difference->aspect;

	printf("%s", type_name(object->type));
	if (object->identity[0] != '\0')
		putchar(' ');
	report_escaped(stdout, object->identity);
	if (aspect == NULL)
		printf(": only in %s", report->sides[side].name);
	else if (strcmp(aspect, "definition") == 0)
		printf(": differs");
	else if (strcmp(aspect, "secret") == 0)
		printf(": options differ, which may be passwords");
	else
		printf(": %s %s", aspect, is_plural(aspect) ? "differ" : "differs");
	print_culprits(report, difference);
	puts("");
}

/* Print what is said of a part of something that only one has. */
static void
print_part(int indent, int side, const DiffObject *part)
{
	const char *definition = diff_catalog_aspect(part, "definition");
	const char *column = strstr(part->type, "column");
	char	   *text;

	if (part->is_implied && definition == NULL)
		return;
	if (column != NULL && definition != NULL)
	{
		print_side(indent, side, definition);
		return;
	}
	text = psprintf("%s %s%s%s", type_name(part->type), part->identity,
					definition == NULL ? "" : ": ",
					definition == NULL ? "" : definition);
	print_side(indent, side, text);
	pg_free(text);
}

/* Print what only one has: all that is said of it, and of its parts. */
static void
print_whole(const DiffReport *report, const Difference *difference,
			int indent)
{
	int			side = diff_compare_side(difference);
	const DiffObject *object = difference->objects[side];
	int			i;

	for (i = 0; i < object->count; i++)
	{
		const DiffAspect *aspect = &object->aspects[i];

		if (strcmp(aspect->name, "definition") == 0)
			print_side(indent, side, aspect->text);
		else if (strcmp(aspect->name, "secret") != 0)
		{
			char	   *text = psprintf("%s: %s", aspect->name, aspect->text);

			print_side(indent, side, text);
			pg_free(text);
		}
	}
	while ((object = diff_compare_next_part(report->comparison, difference,
											object)) != NULL)
		print_part(indent + 2, side, object);
}

/* Print one difference. */
static void
print_difference(const DiffReport *report, const Difference *difference,
				 int indent)
{
	printf("%*s", indent, "");
	print_head(report, difference);
	if (report->is_quiet)
		return;
	if (difference->aspect == NULL)
		print_whole(report, difference, indent + 2);
	else if (strcmp(difference->aspect, "secret") != 0)
		print_lines(indent + 2, difference->texts[0], difference->texts[1]);
}

/* What a difference is about, whichever side has it. */
static const DiffObject *
object_of(const Difference *difference)
{
	return difference->objects[diff_compare_side(difference)];
}

/*
 * Print the headings that come before a difference, and return by how much it
 * is indented.
 */
static int
print_headings(const Difference *last, const Difference *next)
{
	const DiffObject *before = last == NULL ? NULL : object_of(last);
	const DiffObject *object = object_of(next);
	bool		is_new = before == NULL ||
		strcmp(before->schema, object->schema) != 0;
	bool		is_part = strcmp(object->relation, object->identity) != 0 &&
		object->relation[0] != '\0';

	if (is_new && object->schema[0] != '\0')
	{
		printf("\nschema ");
		report_escaped(stdout, object->schema);
		puts("");
	}
	else if (is_new)
		puts("\nin no schema");
	if (is_part && (is_new || strcmp(before->relation,
									 object->relation) != 0))
	{
		printf("  ");
		report_escaped(stdout, object->relation);
		puts("");
	}
	return is_part ? 4 : 2;
}

/* Print when and by whom a patch was applied on a side. */
static void
print_applied(const DiffSide *side, const AppliedPatch *patch)
{
	if (patch->unfinished != NULL)
		printf(", unfinished");
	else if (!side->is_files)
	{
		printf(", applied by ");
		report_escaped(stdout, patch->applied_by);
		printf(" on %.10s %.5s", patch->applied_at,
			   strlen(patch->applied_at) > 16 ? patch->applied_at + 11 : "");
	}
}

/* Print the line about a patch. */
static void
print_patch(const DiffSide *sides, const DiffPatch *patch)
{
	int			only = patch->patches[0] == NULL ? 1 :
		patch->patches[1] == NULL ? 0 : -1;
	const char *name = patch->patches[only < 0 ? 0 : only]->name;

	printf("  patch \"");
	report_escaped(stdout, name);
	if (only >= 0)
	{
		printf("\": only in %s", sides[only].name);
		print_applied(&sides[only], patch->patches[only]);
		puts("");
	}
	else if (diff_patches_has_other_file(patch))
		printf("\": its file differs, with SHA-256 %.12s... in %s, %.12s... in"
			   " %s\n", patch->patches[0]->sha256, sides[0].name,
			   patch->patches[1]->sha256, sides[1].name);
	else
		printf("\": unfinished in %s\n",
			   sides[patch->patches[0]->unfinished != NULL ? 0 : 1].name);
}

/* Print in which patches they differ. */
static void
print_patches(const DiffReport *report)
{
	int			i;

	if (report->patches.count > 0)
		puts("\npatches");
	for (i = 0; i < report->patches.count; i++)
		print_patch(report->sides, &report->patches.items[i]);
}

/* Say what has been left out, and why. */
static void
print_notes(const DiffReport *report)
{
	const Comparison *comparison = report->comparison;
	bool		is_unknown = false;
	bool		has_owners = false;
	int			i;

	for (i = 0; i < comparison->count; i++)
	{
		const char *aspect = comparison->items[i].aspect;

		is_unknown |= diff_culprit_is_unknown(&comparison->items[i]);
		has_owners |= aspect != NULL && strcmp(aspect, "owner") == 0;
	}
	for (i = 0; i < 2; i++)
	{
		const DiffSide *side = &report->sides[i];

		if (side->reg == NULL)
			printf("Patches are not compared: %s %s.\n", side->name,
				   side->has_register ?
				   "has a register that may not be read, or not safely" :
				   "has no register of them");
		else if (is_unknown && !side->is_recorded && !side->is_files)
			printf("Who changes %s is not recorded.\n", side->name);
		else if (is_unknown && !side->has_changes && !side->is_files)
			printf("Who changes %s is recorded, but may not be read.\n",
				   side->name);
		if (has_owners && side->is_files)
			printf("The files were applied by %s here; --no-owner leaves "
				   "owners out.\n", report_printable(PQuser(side->conn)));
	}
}

/* Print the last lines. */
static void
print_summary(const DiffReport *report)
{
	int			objects = report->comparison->count;
	int			patches = report->patches.count;

	if (diff_report_is_empty(report))
		printf("%s and %s are the same.\n", report->sides[0].name,
			   report->sides[1].name);
	else
		printf("\n%d %s in objects, %d %s in patches.\n",
			   objects, objects == 1 ? "difference" : "differences",
			   patches, patches == 1 ? "difference" : "differences");
	print_notes(report);
}

void
diff_report_print(const DiffReport *report)
{
	const Comparison *comparison = report->comparison;
	const Difference *last = NULL;
	int			i;

	if (!diff_report_is_empty(report))
		printf("%s--- %s%s\n%s+++ %s%s\n", color_begin(COLOR_RED),
			   report->sides[0].name, color_end(), color_begin(COLOR_GREEN),
			   report->sides[1].name, color_end());
	print_patches(report);
	for (i = 0; i < comparison->count; i++)
	{
		const Difference *next = &comparison->items[i];

		print_difference(report, next, print_headings(last, next));
		last = next;
	}
	print_summary(report);
}
