/*-------------------------------------------------------------------------
 *
 * show/patch.c
 *		All that is known of one patch, for people and for programs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/color.h"
#include "base/json.h"
#include "base/report.h"
#include "show/show.h"

/* The columns of the objects */
enum
{
	OBJECT_TYPE, OBJECT_IDENTITY, IS_CREATED
};

/* Begin a line of the list about a patch, if there is no label, go on. */
static void
begin_line(FILE *stream, const char *label)
{
	fprintf(stream, "  %-12s", label);
}

/* Print a line about a patch, if there is something to say. */
static void
print_line(FILE *stream, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	begin_line(stream, label);
	report_escaped(stream, text);
	putc('\n', stream);
}

/* Print the names of a list, a line each. */
static void
print_names(FILE *stream, const char *label, const SimpleStringList *names)
{
	const SimpleStringListCell *cell;

	for (cell = names->head; cell != NULL; cell = cell->next)
		print_line(stream, cell == names->head ? label : "", cell->val);
}

/* The patches that require this one; the caller destroys the list. */
static SimpleStringList
dependents(const PatchView *view)
{
	SimpleStringList list = {NULL, NULL};
	int			i;

	for (i = 0; i < view->states->count; i++)
	{
		const PatchState *state = &view->states->items[i];

		if (simple_string_list_member(unconstify(SimpleStringList *,
												 state->requirements),
									  view->name))
			simple_string_list_append(&list, state->name);
	}
	return list;
}

/* Print the objects, a line each. */
static void
print_objects(FILE *stream, const PGresult *objects)
{
	int			i;

	for (i = 0; objects != NULL && i < PQntuples(objects); i++)
	{
		char	   *text = psprintf("%s %s%s",
									PQgetvalue(objects, i, OBJECT_TYPE),
									PQgetvalue(objects, i, OBJECT_IDENTITY),
									PQgetvalue(objects, i, IS_CREATED)[0] ==
									't' ? "" : " (changed)");

		print_line(stream, i == 0 ? "objects" : "", text);
		pg_free(text);
	}
}

/* Print the first line: the name, the state, and since when. */
static void
print_title(FILE *stream, const PatchView *view)
{
	const PatchState *state = view->state;

	report_escaped(stream, view->name);
	if (state == NULL)
	{
		fputs(": not applied, and no file here\n", stream);
		return;
	}
	fprintf(stream, ": %s%s%s", show_screen_color(state->kind),
			plan_state_name(state->kind), color_end());
	if (state->applied != NULL)
	{
		char	   *at = show_remarks_applied_at(state);

		fprintf(stream, " at %s by ", at);
		report_escaped(stream, state->applied->applied_by);
		pg_free(at);
	}
	putc('\n', stream);
}

/* Print what its file and its row in the register say. */
static void
print_state(FILE *stream, const PatchView *view)
{
	const PatchState *state = view->state;
	char	   *remarks = show_remarks_text(view->states, state);

	print_line(stream, "remarks", remarks);
	print_line(stream, "file", state->file == NULL ? NULL :
			   state->file->path);
	print_line(stream, "rollback", view->rollback);
	print_names(stream, "requires", state->requirements);
	print_names(stream, "conflicts", state->conflicts);
	pg_free(remarks);
}

/* Print its jobs, a line each. */
static void
print_jobs(FILE *stream, const PatchView *view)
{
	const Jobs *jobs = view->states->jobs;
	const char *label = "jobs";
	int			i;

	for (i = 0; jobs != NULL && i < jobs->count; i++)
	{
		const Job  *job = &jobs->jobs[i];
		char	   *how;
		char	   *text;

		if (strcmp(job->patch, view->name) != 0)
			continue;
		how = job->is_done ? pg_strdup("done") : jobs_describe(job);
		text = psprintf("%s: %s", job->name, how);
		print_line(stream, label, text);
		label = "";
		pg_free(text);
		pg_free(how);
	}
}

void
show_patch_print(FILE *stream, const PatchView *view)
{
	SimpleStringList list = dependents(view);

	print_title(stream, view);
	if (view->state != NULL)
		print_state(stream, view);
	print_names(stream, "required by", &list);
	print_jobs(stream, view);
	print_objects(stream, view->objects);
	if (view->story != NULL && PQntuples(view->story) > 0)
	{
		putc('\n', stream);
		show_story_print(stream, view->story);
	}
	simple_string_list_destroy(&list);
}

/* Print a key with the objects. */
static void
print_objects_json(const PGresult *objects)
{
	int			i;

	json_print_key("objects");
	putchar('[');
	for (i = 0; objects != NULL && i < PQntuples(objects); i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		json_begin_object("type", PQgetvalue(objects, i, OBJECT_TYPE));
		json_print_member("identity",
						  PQgetvalue(objects, i, OBJECT_IDENTITY));
		json_print_boolean("created",
						   PQgetvalue(objects, i, IS_CREATED)[0] == 't');
		putchar('}');
	}
	putchar(']');
}

void
show_patch_print_json(const PatchView *view)
{
	SimpleStringList list = dependents(view);

	json_begin_object("patch", view->name);
	json_print_key("state");
	if (view->state == NULL)
		fputs("null", stdout);
	else
		show_json_print_state(view->states, view->state);
	json_print_member("rollback", view->rollback);
	json_print_list("required_by", &list);
	print_objects_json(view->objects);
	json_print_key("events");
	if (view->story == NULL)
		fputs("[]", stdout);
	else
		show_story_print_array(view->story);
	puts("}");
	simple_string_list_destroy(&list);
}
