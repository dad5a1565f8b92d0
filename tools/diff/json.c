/*-------------------------------------------------------------------------
 *
 * diff/json.c
 *		What has come of a comparison, as JSON
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "diff/culprit.h"
#include "diff/json.h"
#include "pqexpbuffer.h"

static const char *const keys[] = {"a", "b"};

/* Print what there was to be compared on a side. */
static void
print_side(const DiffSide *side)
{
	json_begin_object("name", side->name);
	json_print_boolean("is_files", side->is_files);
	json_print_boolean("patches_compared", side->reg != NULL);
	json_print_boolean("changes_recorded", side->is_recorded);
	putchar('}');
}

/* Print a key with what a side says of a patch, or null. */
static void
print_applied(const char *key, const DiffSide *side,
			  const AppliedPatch *patch)
{
	if (patch == NULL)
	{
		json_print_member(key, NULL);
		return;
	}
	json_print_key(key);
	printf("{\"unfinished\": %s",
		   patch->unfinished != NULL ? "true" : "false");
	json_print_member("applied_at", side->is_files ? NULL :
					  patch->applied_at);
	json_print_member("applied_by", side->is_files ? NULL :
					  patch->applied_by);
	json_print_text("sha256", patch->sha256);
	putchar('}');
}

/* Print the patches that differ. */
static void
print_patches(const DiffReport *report)
{
	int			i;

	printf(",\n \"patches\": [");
	for (i = 0; i < report->patches.count; i++)
	{
		const DiffPatch *patch = &report->patches.items[i];
		int			k;

		printf("%s\n  ", i > 0 ? "," : "");
		json_begin_object("patch",
						  patch->patches[patch->patches[0] == NULL]->name);
		for (k = 0; k < 2; k++)
			print_applied(keys[k], &report->sides[k], patch->patches[k]);
		putchar('}');
	}
	putchar(']');
}

/* Print a key with who was it on a side, or null. */
static void
print_culprit(const char *key, const DiffCulprit *culprit)
{
	if (culprit->action == NULL)
	{
		json_print_member(key, NULL);
		return;
	}
	json_print_key(key);
	json_begin_object("action", culprit->action);
	json_print_member("patch", culprit->patch);
	json_print_member("event", culprit->event);
	json_print_member("role", culprit->role);
	json_print_member("at", culprit->iso_at);
	json_print_member("command", culprit->command);
	putchar('}');
}

/* Print a key with the text of a side, or null; passwords are not shown. */
static void
print_text(const char *key, const Difference *difference, int side)
{
	const DiffObject *object = difference->objects[side];
	const char *aspect = difference->aspect;

	if (aspect != NULL && strcmp(aspect, "secret") == 0)
		json_print_member(key, NULL);
	else if (aspect != NULL)
		json_print_member(key, difference->texts[side]);
	else
		json_print_member(key, object == NULL ? NULL :
						  diff_catalog_aspect(object, "definition"));
}

/* Print one difference. */
static void
print_difference(const Difference *difference)
{
	int			side = diff_compare_side(difference);
	const DiffObject *object = difference->objects[side];
	int			k;

	json_begin_object("type", object->type);
	json_print_text("schema", object->schema);
	json_print_text("relation", object->relation);
	json_print_member("identity", object->identity);
	json_print_member("only_in", difference->aspect != NULL ? NULL :
					  keys[side]);
	json_print_member("aspect", difference->aspect);
	for (k = 0; k < 2; k++)
		print_text(keys[k], difference, k);
	print_culprit("culprit_a", &difference->culprits[0]);
	print_culprit("culprit_b", &difference->culprits[1]);
	putchar('}');
}

void
diff_json_print(const DiffReport *report)
{
	const Comparison *comparison = report->comparison;
	int			i;

	printf("{\"a\": ");
	print_side(&report->sides[0]);
	printf(",\n \"b\": ");
	print_side(&report->sides[1]);
	printf(",\n \"same\": %s", diff_report_is_empty(report) ? "true" :
		   "false");
	print_patches(report);
	printf(",\n \"differences\": [");
	for (i = 0; i < comparison->count; i++)
	{
		printf("%s\n  ", i > 0 ? "," : "");
		print_difference(&comparison->items[i]);
	}
	puts("]}");
}
