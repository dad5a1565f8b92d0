/*-------------------------------------------------------------------------
 *
 * command/status.c
 *		versioning status: which patches are applied, and which are not
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/pager.h"
#include "base/report.h"
#include "command/command.h"
#include "show/show.h"

/* Print a number of applied patches that are special, if there are any. */
static void
print_count(FILE *stream, int count, const char *what, bool *is_first)
{
	if (count == 0)
		return;
	fprintf(stream, "%s%d %s", *is_first ? " (" : ", ", count, what);
	*is_first = false;
}

/* Print how many patches there are of each kind. */
static void
print_summary(FILE *stream, const PatchStates *states)
{
	bool		is_first = true;

	fprintf(stream, "%d applied", states->applied);
	print_count(stream, states->without_file, "without a file here",
				&is_first);
	print_count(stream, states->differing, "not as in the file", &is_first);
	print_count(stream, states->changed, "with a changed file", &is_first);
	if (!is_first)
		putc(')', stream);
	if (states->unfinished > 0)
		fprintf(stream, ", %d unfinished", states->unfinished);
	if (states->in_progress > 0)
		fprintf(stream, ", %d in progress", states->in_progress);
	fprintf(stream, ", %d pending", states->pending);
	if (states->waiting > 0)
		fprintf(stream, ", %d waiting", states->waiting);
	fprintf(stream, ", %d blocked", states->blocked);
	putc('\n', stream);
}

/* Print what the user wants to see. */
static void
print_states(const Options *options, const PatchStates *states, int encoding)
{
	bool		only_pending = options->only_pending;
	int			shown = options->deploy.is_quiet ? 0 : states->count -
		(only_pending ? states->applied : 0);
	FILE	   *stream;

	if (options->deploy.is_json)
	{
		show_json_print(states, only_pending);
		return;
	}
	stream = pager_open();
	if (shown > 0)
		show_screen_print(stream, states, only_pending, encoding,
						  pager_columns());
	print_summary(stream, states);
	pager_close(stream);
}

/* Show each patch of the project and of the register. */
Status
command_status(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning");
	Register   *asked;
	Register   *reg;
	Project    *project;
	PatchStates *states;
	Status		status = STATUS_DONE;

	if (conn == NULL)
		return STATUS_TROUBLE;

	/* The files are read while the server is looking for its answer */
	asked = register_ask(conn);
	project = project_read(&options->patches, &options->rollbacks, false,
						   PROJECT_DIGESTS);
	reg = register_receive(asked, conn);
	if (reg == NULL)
	{
		project_free(project);
		connection_close(conn);
		return STATUS_TROUBLE;
	}

	states = plan_state_create(project, reg);
	command_register_report(options, reg);
	report_problems(options->progname, &project->problems, NULL);
	print_states(options, states, PQclientEncoding(conn));
	if (options->has_exit_code &&
		states->pending + states->waiting + states->blocked +
		states->unfinished + states->in_progress > 0)
		status = STATUS_BEHIND;
	if (problem_has_errors(&project->problems))
		status = STATUS_PROBLEM;

	plan_state_free(states);
	project_free(project);
	register_free(reg);
	connection_close(conn);
	return status;
}
