/*-------------------------------------------------------------------------
 *
 * register/rules.c
 *		Which patch may go into the register, and which may leave it.
 *
 * The primary messages are those of depesz's Versioning to the letter, with
 * its SQLSTATE P0001 (raise_exception): scripts, tests and exception handlers
 * match on them.  What can be said beyond them is in DETAIL and HINT.
 *
 * Installed patches are listed in the order of the table, as his functions
 * list them: that is the order in which they were registered, as long as
 * nothing was deleted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "register/progress.h"
#include "register/reverse_lookup.h"
#include "register/rules.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

/* Is one installed patch before the other in the table?  For list_sort(). */
static int
compare_places(const ListCell *a, const ListCell *b)
{
	return ItemPointerCompare(&((InstalledPatch *) lfirst(a))->tid,
							  &((InstalledPatch *) lfirst(b))->tid);
}

/* All of the two lists, each patch once, in the order of the table. */
static List *
merge_installed(List *a, List *b)
{
	List	   *merged = NIL;
	List	   *both = list_concat_copy(a, b);
	ListCell   *lc;

	list_sort(both, compare_places);
	foreach(lc, both)
	{
		InstalledPatch *patch = lfirst(lc);

		if (merged == NIL ||
			!ItemPointerEquals(&patch->tid,
							   &((InstalledPatch *) llast(merged))->tid))
			merged = lappend(merged, patch);
	}
	return merged;
}

/* The names of the installed patches: a list of C strings. */
static List *
installed_names(List *patches)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, patches)
		names = lappend(names, ((InstalledPatch *) lfirst(lc))->name);
	return names;
}

/* Each name between prefix and suffix, with a separator between two. */
static char *
join(List *names, const char *prefix, const char *suffix,
	 const char *separator)
{
	StringInfoData joined;
	ListCell   *lc;

	initStringInfo(&joined);
	foreach(lc, names)
	{
		if (joined.len > 0)
			appendStringInfoString(&joined, separator);
		appendStringInfoString(&joined, prefix);
		appendStringInfoString(&joined, (char *) lfirst(lc));
		appendStringInfoString(&joined, suffix);
	}
	return joined.data;
}

/* "a, b", as the primary messages have it. */
static char *
in_a_row(List *names)
{
	return join(names, "", "", ", ");
}

/* One a line, as the details have it. */
static char *
one_a_line(List *names)
{
	return join(names, "    ", "", "\n");
}

/* Hash and comparison of a key that is a pointer to a C string. */
static uint32
hash_name(const void *key, Size keysize pg_attribute_unused())
{
	const char *name = *(char *const *) key;

	return hash_bytes((const unsigned char *) name, strlen(name));
}

static int
compare_names(const void *a, const void *b,
			  Size keysize pg_attribute_unused())
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The names, each once, at its first place. */
static List *
distinct(List *names)
{
	List	   *result = NIL;
	HASHCTL		control = {0};
	HTAB	   *seen;
	ListCell   *lc;

	control.keysize = sizeof(char *);
	control.entrysize = sizeof(char *);
	control.hash = hash_name;
	control.match = compare_names;
	control.hcxt = CurrentMemoryContext;
	seen = hash_create("names", list_length(names), &control,
					   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE |
					   HASH_CONTEXT);
	foreach(lc, names)
	{
		char	   *name = lfirst(lc);
		bool		found;

		hash_search(seen, &name, HASH_ENTER, &found);
		if (!found)
			result = lappend(result, name);
	}
	hash_destroy(seen);
	return result;
}

/*
 * Checks that the patch is not applied yet.  Raises P0001 at elevel, or
 * returns true.
 */
static bool
check_not_applied(Register *reg, const Patch *patch, int elevel)
{
	bool		no_time;
	bool		no_user;
	Datum		time;
	Datum		user;

	if (!register_find(reg, patch->name))
		return true;

	time = register_value(reg, COLUMN_APPLIED_TSZ, &no_time);
	user = register_value(reg, COLUMN_APPLIED_BY, &no_user);
	ereport(elevel,
			(errcode(ERRCODE_RAISE_EXCEPTION),
			 errmsg("Patch %s is already applied!",
					text_to_cstring(patch->name)),
			 no_time || no_user ? 0 :
			 errdetail("It was applied at %s by %s.",
					   timestamptz_to_str(DatumGetTimestampTz(time)),
					   TextDatumGetCString(user))));
	return false;
}

/*
 * Checks that no patch is applied that this one conflicts with, whichever of
 * the two says so.  Raises P0001 at elevel with all of them, or returns true.
 */
static bool
check_no_conflict(Register *reg, const Patch *patch, int elevel)
{
	char	   *name;
	char	   *declared;
	char	   *declaring;
	List	   *named = NIL;
	List	   *naming;
	List	   *all;

	for (int i = 0; i < patch->conflicts.count; i++)
		if (register_find(reg, DatumGetTextPP(patch->conflicts.names[i])))
			named = lappend(named, register_found(reg));
	naming = register_reverse_lookup(reg, COLUMN_CONFLICTS, patch->name);
	if (named == NIL && naming == NIL)
		return true;

	all = merge_installed(named, naming);
	named = merge_installed(named, NIL);
	name = text_to_cstring(patch->name);
	declared = join(installed_names(named),
					psprintf("Patch \"%s\" declares a conflict with \"", name),
					"\", which is installed.", "\n");
	declaring = join(installed_names(naming), "Patch \"",
					 psprintf("\", which is installed, "
							  "declares a conflict with \"%s\".", name),
					 "\n");
	ereport(elevel,
			(errcode(ERRCODE_RAISE_EXCEPTION),
			 errmsg("Versioning patches conflict. "
					"Conflicting patche(s) installed: %s.",
					in_a_row(installed_names(all))),
			 errdetail_internal("%s%s%s", declared,
								named != NIL && naming != NIL ? "\n" : "",
								declaring),
			 errhint("Take back what it conflicts with, or do not apply "
					 "it.")));
	return false;
}

/* What is said of the required patches that are missing, or not all there. */
static char *
explain_missing(const Patch *patch, List *missing, List *unfinished)
{
	StringInfoData detail;
	ListCell   *lc;

	initStringInfo(&detail);
	if (missing != NIL)
		appendStringInfo(&detail, _("Patch \"%s\" requires these, "
									"which are not applied:\n%s"),
						 text_to_cstring(patch->name), one_a_line(missing));
	foreach(lc, unfinished)
		appendStringInfo(&detail, "%s%s", detail.len > 0 ? "\n" : "",
						 (char *) lfirst(lc));
	return detail.data;
}

/*
 * Checks that all patches that it requires are applied, all of each.  Raises
 * P0001 at elevel with all that are missing, or returns true.
 */
static bool
check_requirements(Register *reg, const Patch *patch, int elevel)
{
	List	   *missing = NIL;
	List	   *unfinished = NIL;
	List	   *details = NIL;

	for (int i = 0; i < patch->requires.count; i++)
	{
		text	   *name = DatumGetTextPP(patch->requires.names[i]);
		char	   *detail;

		if (!register_find(reg, name))
			missing = lappend(missing, text_to_cstring(name));
		else if ((detail = register_progress_of(reg, name)) != NULL)
		{
			unfinished = lappend(unfinished, text_to_cstring(name));
			details = lappend(details, detail);
		}
	}
	if (missing == NIL && unfinished == NIL)
		return true;

	missing = distinct(missing);
	ereport(elevel,
			(errcode(ERRCODE_RAISE_EXCEPTION),
			 errmsg("Missing prerequisite(s): %s.",
					in_a_row(distinct(list_concat_copy(missing,
													   unfinished)))),
			 errdetail_internal("%s", explain_missing(patch, missing,
													  distinct(details))),
			 errhint(missing != NIL ? "Apply them first." :
					 "\"versioning apply\" goes on with it.")));
	return false;
}

bool
register_rules_admit(Register *reg, const Patch *patch, int elevel)
{
	return check_not_applied(reg, patch, elevel) &&
		check_no_conflict(reg, patch, elevel) &&
		check_requirements(reg, patch, elevel);
}

void
register_rules_check_removable(Register *reg, const text *name)
{
	List	   *dependents =
		register_reverse_lookup(reg, COLUMN_REQUIRES, name);

	if (dependents != NIL)
	{
		List	   *names = installed_names(dependents);

		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Cannot uninstall %s, as it is required by: %s.",
						text_to_cstring(name), in_a_row(names)),
				 errdetail("These installed patches require it:\n%s",
						   one_a_line(names)),
				 errhint("Take them back first.")));
	}
	if (!register_find(reg, name))
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Patch %s is not installed, "
						"so it can't be uninstalled!",
						text_to_cstring(name)),
				 errhint("The table _v.patches lists what is installed.")));
}

void
register_rules_check_applied(Register *reg, const text *name)
{
	if (!register_find(reg, name))
		ereport(ERROR,
				(errcode(ERRCODE_RAISE_EXCEPTION),
				 errmsg("Patch %s is not applied!", text_to_cstring(name))));
}
