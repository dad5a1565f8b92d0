/*-------------------------------------------------------------------------
 *
 * command/graph.c
 *		versioning graph: draw the patches
 *
 * What can be drawn is drawn, even if there is something wrong with files:
 * it is a picture, and often one of what is wrong.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "command/command.h"
#include "common/logging.h"
#include "plan/names.h"
#include "show/show.h"

/* Show the patches that a file registers; false if there is no such file. */
static bool
show_file(Drawing *drawing, const Project *project, const char *path)
{
	const ProjectFile *file = plan_names_file(project->patches,
											  project->patch_count, path);
	int			i;

	if (file == NULL)
		return false;
	for (i = 0; i < file->file->count; i++)
		if (file->file->calls[i].action != PATCH_UNREGISTER)
			(void) show_graph_show(drawing, file->file->calls[i].name);
	return true;
}

/*
 * Show what the user has named, by the names of patches or files.  Returns
 * false after a message if there is no such thing.
 */
static bool
show_named(Drawing *drawing, const Options *options, const Project *project,
		   const Register *reg)
{
	bool		found_all = true;
	int			i;

	for (i = 0; i < options->name_count; i++)
	{
		const char *name = options->names[i];
		const char *suggestion;

		if (show_graph_show(drawing, name) ||
			show_file(drawing, project, name))
			continue;
		suggestion = plan_names_argument_suggestion(project, reg, name);
		pg_log_error("there is no patch \"%s\"%s", report_printable(name),
					 report_printable(suggestion));
		found_all = false;
	}
	return found_all;
}

/* Draw a project and, unless it is NULL, a register. */
static Status
draw(const Options *options, const Project *project, const Register *reg)
{
	PatchStates *states = plan_state_create(project, reg);
	Drawing    *drawing = show_graph_create(states);
	bool		has_names = true;

	if (options->name_count == 0)
		show_graph_show_all(drawing);
	else
		has_names = show_named(drawing, options, project, reg);
	if (has_names)
		show_graph_print(drawing, reg != NULL);
	show_graph_free(drawing);
	plan_state_free(states);
	return has_names && !problem_has_errors(&project->problems) ?
		STATUS_DONE : STATUS_PROBLEM;
}

/* Print the patches as a graph, in Graphviz's language. */
Status
command_graph(Options *options)
{
	Project    *project;
	Register   *reg;
	Status		status;

	if (!command_register_read(options, &reg))
		return STATUS_TROUBLE;
	project = project_read(&options->patches, &options->rollbacks, true,
						   PROJECT_CALLS);
	report_problems(options->progname, &project->problems, NULL);
	status = draw(options, project, reg);

	project_free(project);
	if (reg != NULL)
		register_free(reg);
	return status;
}
