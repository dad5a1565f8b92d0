/*-------------------------------------------------------------------------
 *
 * show/json.c
 *		The states of the patches, for programs
 *
 * One object: the patches, an object each on a line of its own, and how many
 * they are of each kind.  JSON is in UTF-8: a path, or a name in a session
 * that has another encoding, may have bytes that are not, and these become
 * replacement characters.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "show/json.h"

/* What stands for a byte that is not UTF-8 */
#define REPLACEMENT 0xFFFD

/* Print a character of a string; returns how many bytes it has. */
static int
print_character(const char *text)
{
	const unsigned char *bytes = (const unsigned char *) text;
	int			length = pg_encoding_mblen(PG_UTF8, text);

	if (*bytes == '"' || *bytes == '\\')
		printf("\\%c", *bytes);
	else if (*bytes < ' ' || *bytes == 0x7F)
		printf("\\u%04x", *bytes);
	else if ((int) strnlen(text, length) == length &&
			 pg_utf8_islegal(bytes, length))
	{
		fwrite(text, 1, length, stdout);
		return length;
	}
	else
		printf("\\u%04x", REPLACEMENT);
	return 1;
}

/* Print a string. */
static void
print_string(const char *text)
{
	putchar('"');
	while (*text != '\0')
		text += print_character(text);
	putchar('"');
}

/* Print the key of a value that is not the first of its object. */
static void
print_key(const char *key)
{
	printf(", \"%s\": ", key);
}

/* Print a key with a string, or null. */
static void
print_member(const char *key, const char *value)
{
	print_key(key);
	if (value == NULL)
		fputs("null", stdout);
	else
		print_string(value);
}

/* Print a key with the names of a list of a file. */
static void
print_list(const char *key, const SimpleStringList *list)
{
	const SimpleStringListCell *cell;

	print_key(key);
	putchar('[');
	for (cell = list->head; cell != NULL; cell = cell->next)
	{
		if (cell != list->head)
			fputs(", ", stdout);
		print_string(cell->val);
	}
	putchar(']');
}

/* Print a key with the names of an array of the register. */
static void
print_array(const char *key, char *const *names, int count)
{
	int			i;

	print_key(key);
	putchar('[');
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			fputs(", ", stdout);
		print_string(names[i]);
	}
	putchar(']');
}

/* Print a key with the session that is in a patch, or null. */
static void
print_session(const PatchSession *session)
{
	print_key("in_progress");
	if (session == NULL)
	{
		fputs("null", stdout);
		return;
	}
	printf("{\"pid\": %s", session->pid);
	print_member("role", session->role);
	print_member("application", session->application);
	print_member("since", session->since_iso);
	putchar('}');
}

/* Print a key with how far an unfinished patch has come, or null. */
static void
print_unfinished(const UnfinishedPatch *patch)
{
	print_key("unfinished");
	if (patch == NULL)
	{
		fputs("null", stdout);
		return;
	}
	printf("{\"part\": %d, \"parts\": %d, \"line\": %d", patch->done + 1,
		   patch->parts, patch->line);
	print_member("since", patch->since_iso);
	print_member("error", patch->error[0] == '\0' ? NULL : patch->error);
	putchar('}');
}

/* Print one patch. */
static void
print_state(const PatchState *state)
{
	static const SimpleStringList nothing = {NULL, NULL};
	const AppliedPatch *applied = state->applied;

	fputs("{\"patch\": ", stdout);
	print_string(state->name);
	print_member("state", plan_state_name(state->kind));
	print_member("applied_at", applied == NULL ? NULL : applied->applied_at);
	print_member("applied_by", applied == NULL ? NULL : applied->applied_by);
	print_member("file", state->file == NULL ? NULL : state->file->path);
	if (applied != NULL)
	{
		print_array("requires", applied->requirements,
					applied->requirement_count);
		print_array("conflicts", applied->conflicts,
					applied->conflict_count);
	}
	else
	{
		print_list("requires", state->call == NULL ? &nothing :
				   &state->call->requirements);
		print_list("conflicts", state->call == NULL ? &nothing :
				   &state->call->conflicts);
	}
	print_key("differs");
	fputs(state->differs ? "true" : "false", stdout);
	if (state->differs)
	{
		print_list("file_requires", &state->call->requirements);
		print_list("file_conflicts", &state->call->conflicts);
	}
	print_key("changed");
	fputs(state->has_changed ? "true" : "false", stdout);
	print_list("blocked_by", &state->reasons);
	print_unfinished(state->unfinished);
	print_session(state->session);
	putchar('}');
}

void
show_json_print(const PatchStates *states)
{
	int			i;

	fputs("{\"patches\": [", stdout);
	for (i = 0; i < states->count; i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		print_state(&states->items[i]);
	}
	printf("],\n \"applied\": %d, \"pending\": %d, \"blocked\": %d,\n"
		   " \"unfinished\": %d, \"in_progress\": %d,\n"
		   " \"without_file\": %d, \"differing\": %d, \"changed\": %d}\n",
		   states->applied, states->pending, states->blocked,
		   states->unfinished, states->in_progress, states->without_file,
		   states->differing, states->changed);
}
