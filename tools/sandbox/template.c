/*-------------------------------------------------------------------------
 *
 * sandbox/template.c
 *		The databases that sandboxes are copies of
 *
 * A template is named after what has gone into it: the files in their order,
 * with what they include, and what the database is like that it was made for.
 * Whatever changes of that, there is another template.
 *
 * It is built as any scratch database, under the name of one, and gets its
 * own name when it is ready: so what is half built is never taken for a
 * template, and is dropped by whoever comes next.  One builds it, and others
 * who want the same wait for an advisory lock.  The name is there for anyone
 * to take, so a template counts only if its owner is to be trusted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "database/connection.h"
#include "pqexpbuffer.h"
#include "run/process.h"
#include "sandbox/lock.h"
#include "sandbox/template.h"
#include "scratch/build.h"
#include "scratch/database.h"

/* How much may lie in the pipes when psql has ended, in chunks */
#define LAST_CHUNKS 32

/* Whatever changes in how templates are built must change this */
#define FORM "versioning template 1\n"

/* Is there a template of that name whose owner is to be trusted? */
static const char template_query[] =
"SELECT d.datname,"
" pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.datdba)),"
" d.datacl IS NOT NULL OR EXISTS (SELECT FROM"
"  pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid)"
" FROM pg_catalog.pg_database d"
" WHERE d.datname = $1::pg_catalog.text AND NOT d.datallowconn"
" AND " SANDBOX_MARK_IS_SAFE("d.datdba");

const char *
sandbox_template_phrase(const SandboxContent *content)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s patches%s",
			 content->project == NULL ? "no" :
			 content->name_count > 0 ? "some" : "all",
			 content->data->head != NULL ? " and data" : "");
	return text;
}

/* Append a line with a digest, of which it is said what it is of. */
static void
append_digest(PQExpBuffer text, const char *what, const SourceDigest digest)
{
	SourceDigits digits;

	project_source_digits(digest, digits);
	appendPQExpBuffer(text, "%s %s\n", what, digits);
}

/* Append the digests of what \copy reads; psql will say what is missing. */
static void
append_copied(PQExpBuffer text, const ScriptOutline *outline)
{
	static const SimpleStringList nothing = {NULL, NULL};
	const SimpleStringListCell *cell;
	SourceDigest digest;

	for (cell = outline->copied.head; cell != NULL; cell = cell->next)
		if (project_source_digest_all(cell->val, &nothing, digest))
			append_digest(text, "copied", digest);
}

/*
 * Append the digests of the files of a plan.  Returns false after a message.
 */
static bool
append_plan(PQExpBuffer text, const PatchPlan *plan)
{
	int			i;

	for (i = 0; i < plan->count; i++)
	{
		const PlanStep *step = &plan->steps[i];

		if (!step->has_digest)
		{
			pg_log_error("the file \"%s\" cannot be read more than once",
						 report_printable(step->file->path));
			return false;
		}
		append_digest(text, "patch", step->digest);
		append_copied(text, project_outline(step->file));
	}
	return true;
}

/*
 * Append the digests of the patches that an empty database needs, and maybe
 * tell of their problems.
 */
static Status
append_patches(PQExpBuffer text, const SandboxContent *content, bool tells)
{
	Register	none = {0};
	PatchPlan  *plan;
	Status		status = STATUS_PROBLEM;

	if (content->project == NULL)
		return STATUS_DONE;
	none.table = name_table_create(1);
	plan = plan_apply_create(content->project, &none, content->names,
							 content->name_count, true);
	if (tells)
		report_problems(content->progname, &plan->problems, NULL);
	if (!problem_has_errors(&plan->problems) && append_plan(text, plan))
		status = STATUS_DONE;
	plan_free(plan);
	name_table_free(none.table);
	return status;
}

/* Append the digests of the scripts with data, as far as all can be read. */
static Status
append_data(PQExpBuffer text, const SandboxContent *content)
{
	const SimpleStringListCell *cell;
	Status		status = STATUS_DONE;

	for (cell = content->data->head; cell != NULL; cell = cell->next)
	{
		ScriptOutline *outline = script_outline_read(cell->val, NULL, false);
		SourceDigest digest;

		if (project_source_digest_all(cell->val, &outline->includes, digest))
		{
			append_digest(text, "data", digest);
			append_copied(text, outline);
		}
		else
		{
			pg_log_error("could not read the file \"%s\"",
						 report_printable(cell->val));
			status = STATUS_PROBLEM;
		}
		script_outline_free(outline);
	}
	return status;
}

/* Append all that makes one template another than the next. */
static Status
append_all(PQExpBuffer text, const SandboxContent *content, bool tells)
{
	const SimpleStringListCell *cell;
	char	   *traits = scratch_database_describe(content->conn);
	Status		status;

	if (traits == NULL)
		return STATUS_TROUBLE;
	appendPQExpBuffer(text, FORM "%s %s\n%s\n", VERSIONING_VERSION,
					  sandbox_template_phrase(content), traits);
	pg_free(traits);
	for (cell = content->options->variables.head; cell != NULL;
		 cell = cell->next)
		appendPQExpBuffer(text, "variable %s\n", cell->val);
	status = append_patches(text, content, tells);
	return status == STATUS_DONE ? append_data(text, content) : status;
}

/* The digits of the content; maybe tell of problems of the patches. */
static Status
compute_digits(const SandboxContent *content, bool tells,
			   SandboxDigits digits)
{
	PQExpBuffer text = createPQExpBuffer();
	Status		status = append_all(text, content, tells);
	SourceDigest digest;
	SourceDigits all;

	if (status == STATUS_DONE &&
		!project_source_digest_bytes(text->data, text->len, digest))
	{
		pg_log_error("could not compute a digest");
		status = STATUS_TROUBLE;
	}
	if (status == STATUS_DONE)
	{
		project_source_digits(digest, all);
		strlcpy(digits, all, sizeof(SandboxDigits));
	}
	destroyPQExpBuffer(text);
	return status;
}

Status
sandbox_template_digits(const SandboxContent *content, SandboxDigits digits)
{
	return compute_digits(content, true, digits);
}

PGresult *
sandbox_template_find(PGconn *conn, const char *name)
{
	return connection_query_params(conn, template_query, 1, &name);
}

/*
 * Wait until there is the template, or we have the lock, and are to build it.
 * Returns NULL after a message.
 */
static PGresult *
find_or_lock(const SandboxContent *content, const char *name,
			 bool *is_locked)
{
	PGresult   *found;
	int			i;

	for (i = 0; interruption_count() == 0; i++)
	{
		found = sandbox_template_find(content->conn, name);
		if (found == NULL)
			break;
		if (PQntuples(found) > 0 && *is_locked)
			sandbox_lock_release(content->conn, name);
		*is_locked &= PQntuples(found) == 0;
		if (PQntuples(found) > 0 || *is_locked)
			return found;
		PQclear(found);
		if (!sandbox_lock_try(content->conn, name, is_locked))
			break;
		if (*is_locked)
			continue;
		if (i == 0 && !content->options->is_quiet)
			pg_log_info("waiting for somebody else to build the template");
		sandbox_lock_pause();
	}
	return NULL;
}

/* Wait for a psql, and show what it complains about if it fails. */
static bool
finish(PsqlProcess *process)
{
	int			chunks = LAST_CHUNKS;
	bool		is_done;

	while (process->pid != 0)
	{
		if (interruption_count() > 0)
			run_process_signal(process, SIGTERM);
		(void) run_process_wait(process, 1000);
		resetPQExpBuffer(&process->output_text);
	}
	while (chunks-- > 0 && run_process_wait(process, 0))
		;
	is_done = WIFEXITED(process->wait_status) &&
		WEXITSTATUS(process->wait_status) == 0;
	if (!is_done)
		fwrite(process->errors_text.data, 1, process->errors_text.len, stderr);
	return is_done;
}

/* Run the scripts with data, in a psql. */
static Status
add_data(const SandboxContent *content, PGconn *conn)
{
	const SimpleStringListCell *cell;
	const char **scripts;
	int			count = 0;
	ConnectionHandover *handover;
	PsqlProcess *process = NULL;
	bool		is_done = false;

	if (content->data->head == NULL)
		return STATUS_DONE;
	for (cell = content->data->head; cell != NULL; cell = cell->next)
		count++;
	scripts = pg_malloc0((count + 1) * sizeof(char *));
	for (cell = content->data->head, count = 0; cell != NULL;
		 cell = cell->next)
		scripts[count++] = cell->val;
	handover = connection_hand_over(conn, "versioning sandbox");
	if (handover != NULL)
		process = run_process_start(content->options->argv0, handover,
									&content->options->variables, scripts);
	if (process != NULL)
	{
		is_done = finish(process);
		run_process_free(process);
	}
	if (!is_done && interruption_count() == 0)
		pg_log_error("the data could not be brought in");
	if (handover != NULL)
		connection_handover_free(handover);
	pg_free(scripts);
	return is_done ? STATUS_DONE : STATUS_FAILED;
}

/*
 * Is the content what it was when it had these digits?  Each patch is looked
 * at before it is run, the data are not.
 */
static Status
check_content(const SandboxContent *content, const char *digits)
{
	SandboxDigits now;
	Status		status = compute_digits(content, false, now);

	if (status != STATUS_DONE || strcmp(now, digits) == 0)
		return status;
	pg_log_error("the files with data, or the settings of the database, have "
				 "changed while the template was built");
	return STATUS_FAILED;
}

/* Fill a database that is about to be the template of these digits. */
static Status
fill(const SandboxContent *content, const char *digits, PGconn *conn)
{
	Status		status = STATUS_DONE;

	if (content->project != NULL)
		status = scratch_build(content->progname, content->options,
							   "building the template", conn,
							   content->project, content->names,
							   content->name_count);
	if (status == STATUS_DONE)
		status = add_data(content, conn);
	return status == STATUS_DONE ? check_content(content, digits) : status;
}

/* Build the template. */
static Status
build(const SandboxContent *content, const char *digits, const char *name)
{
	Status		status = scratch_build_check(content->progname,
											 content->conn);
	ScratchDatabase *scratch;

	if (status != STATUS_DONE)
		return status;
	scratch = scratch_database_create(content->options->argv0, NULL,
									  content->conn);
	if (scratch == NULL)
		return STATUS_TROUBLE;
	status = fill(content, digits, scratch->conn);
	connection_close(scratch->conn);
	scratch->conn = NULL;
	if (status == STATUS_DONE && interruption_count() == 0 &&
		sandbox_mark_set(content->conn, scratch->name, name,
						 SANDBOX_MARK_TEMPLATE, digits,
						 sandbox_template_phrase(content)))
	{
		scratch_database_release(scratch);
		return STATUS_DONE;
	}
	(void) scratch_database_drop(scratch);
	return status == STATUS_DONE ? STATUS_TROUBLE : status;
}

Status
sandbox_template_provide(const SandboxContent *content,
						 const SandboxDigits digits, PGresult **template)
{
	char		name[64];
	bool		is_locked = false;
	Status		status = STATUS_DONE;

	snprintf(name, sizeof(name), SANDBOX_TEMPLATE_PREFIX "%s", digits);
	*template = find_or_lock(content, name, &is_locked);
	if (*template != NULL && is_locked)
	{
		PQclear(*template);
		*template = NULL;
		status = build(content, digits, name);
		if (status == STATUS_DONE)
			*template = sandbox_template_find(content->conn, name);
	}
	if (is_locked)
		sandbox_lock_release(content->conn, name);
	return status == STATUS_DONE && *template == NULL ? STATUS_TROUBLE :
		status;
}
