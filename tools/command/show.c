/*-------------------------------------------------------------------------
 *
 * command/show.c
 *		versioning show: all that is known of one patch
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/pager.h"
#include "base/report.h"
#include "command/command.h"
#include "database/story.h"
#include "plan/names.h"
#include "show/show.h"

/* The state of that patch, or NULL. */
static const PatchState *
find_state(const PatchStates *states, const char *name)
{
	int			i;

	for (i = 0; i < states->count; i++)
		if (strcmp(states->items[i].name, name) == 0)
			return &states->items[i];
	return NULL;
}

/* The path of its rollback file, or NULL. */
static const char *
find_rollback(const Project *project, const char *name)
{
	int			number = project_find(project, name);

	return number == PROJECT_NONE ||
		project->names[number].rollback_file == PROJECT_NONE ? NULL :
		project->rollbacks[project->names[number].rollback_file].path;
}

/*
 * Read what happened to the patch.  Where there is no history, nothing is
 * known of it.  Returns false after a message.
 */
static bool
read_story(PGconn *conn, const Register *reg, const char *name,
		   PGresult **story, PGresult **objects)
{
	StoryWish	wish = {0};

	wish.patch = name;
	if (!reg->survey.has_history)
		return true;
	if (story_read(conn, &wish, story) != STORY_FOUND)
	{
		*story = NULL;
		return false;
	}
	*objects = story_read_objects(conn, name);
	return *objects != NULL;
}

/* Print the patch. */
static void
print_view(const Options *options, const PatchView *view)
{
	FILE	   *stream;

	if (options->deploy.is_json)
	{
		show_patch_print_json(view);
		return;
	}
	stream = pager_open();
	show_patch_print(stream, view);
	pager_close(stream);
}

/* Find out what there is to say about the patch of that name, and say it. */
static Status
view_patch(const Options *options, PGconn *conn, const Project *project,
		   const Register *reg, const PatchStates *states, const char *name)
{
	PatchView	view = {0};
	PGresult   *story = NULL;
	PGresult   *objects = NULL;
	Status		status = STATUS_TROUBLE;

	view.name = name;
	view.states = states;
	view.state = find_state(states, name);
	view.rollback = find_rollback(project, name);
	if (read_story(conn, reg, name, &story, &objects))
	{
		view.story = story;
		view.objects = objects;
		status = STATUS_DONE;
		if (view.state != NULL || (story != NULL && PQntuples(story) > 0))
			print_view(options, &view);
		else
		{
			pg_log_error("\"%s\" is no patch of the files, the register or "
						 "its history%s", report_printable(name),
						 report_printable(plan_names_argument_suggestion(
							 project, reg, name)));
			status = STATUS_PROBLEM;
		}
	}
	PQclear(story);
	PQclear(objects);
	return status;
}

/* Show the patch that is named, or those of the file of that path. */
static Status
view_named(const Options *options, PGconn *conn, const Project *project,
		   const Register *reg, const PatchStates *states)
{
	const char *name = options->names[0];
	const ProjectFile *file = find_state(states, name) != NULL ? NULL :
		plan_names_patch_file(project, name);
	Status		status = STATUS_DONE;
	int			i;

	if (file == NULL)
		return view_patch(options, conn, project, reg, states, name);
	for (i = 0; i < file->file->count && status == STATUS_DONE; i++)
		if (file->file->calls[i].action != PATCH_UNREGISTER)
			status = view_patch(options, conn, project, reg, states,
								file->file->calls[i].name);
	return status;
}

/* Show all that is known of a patch, from the files and the register. */
Status
command_show(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning");
	Register   *reg = conn == NULL ? NULL : register_read(conn);
	Project    *project;
	PatchStates *states;
	Status		status;

	if (reg == NULL)
	{
		connection_close(conn);
		return STATUS_TROUBLE;
	}
	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_DIGESTS);
	states = plan_state_create(project, reg);
	command_register_report(options, reg);
	report_problems(options->progname, &project->problems, NULL);
	status = view_named(options, conn, project, reg, states);

	plan_state_free(states);
	project_free(project);
	register_free(reg);
	connection_close(conn);
	return status;
}
