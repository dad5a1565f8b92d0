/*-------------------------------------------------------------------------
 *
 * command/baseline.c
 *		versioning baseline: a first patch out of what is there
 *
 * What pg_dump prints becomes a patch.  It is applied to a scratch database;
 * only if what that holds then is what is in the database, the patch is marked
 * there as applied.  Other deployers are kept out meanwhile.
 *
 * The file stays in any case: whoever has to mend it wants to look at it, and
 * can mark the patch afterwards.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "command/command.h"
#include "command/directory.h"
#include "plan/names.h"
#include "project/new_files.h"
#include "project/template.h"
#include "run/mark.h"
#include "scratch/build.h"
#include "scratch/database.h"
#include "scratch/dump.h"
#include "scratch/schema.h"

/* What the command works on */
typedef struct Baseline
{
	Options    *options;
	PGconn	   *conn;
	const char *name;			/* of the patch */
	char	   *path;			/* of its file */
	char	   *schema;			/* what is in the database */
	Project    *project;		/* of that file alone */
} Baseline;

/* Does no file of the project register the name?  Else says which does. */
static bool
is_free(const Options *options, const char *name)
{
	Project    *project = project_read(&options->patches, &options->rollbacks,
									   false, PROJECT_CALLS);
	const ProjectName *entry = project_find_patch(project, name);

	if (entry != NULL)
		pg_log_error("patch \"%s\" is registered by %s:%d already",
					 report_printable(name),
					 report_printable(
						project->patches[entry->patch_file].path),
					 entry->patch->line);
	project_free(project);
	return entry == NULL;
}

/* Know where the file goes.  Returns false after a message. */
static bool
find_path(Baseline *baseline)
{
	const Options *options = baseline->options;
	const char *directory =
		command_directory_choose(&options->patches, "--patches");
	char	   *file_name;

	if (directory == NULL)
		return false;
	if (baseline->name[0] == '\0')
	{
		pg_log_error("the name of a patch cannot be empty");
		return false;
	}
	if (!command_directory_is_missing(directory) &&
		!is_free(options, baseline->name))
		return false;
	file_name = project_template_file_name(baseline->name);
	baseline->path = command_directory_path(directory, "", file_name);
	pg_free(file_name);
	if (command_directory_is_missing(baseline->path))
		return command_directory_make(directory);
	pg_log_error("\"%s\" is there already",
				 report_printable(baseline->path));
	return false;
}

/* Say so if the baseline is not the first patch. */
static void
warn_of_others(const Register *reg)
{
	if (reg->count == 0)
		return;
	pg_log_warning("patches are applied already, and what they have made is "
				   "in this one, too");
	fe_compat_log_hint("A new database is made by this patch or by those, "
					   "not by both: keep the files of one kind only.");
}

/* Has the database a register, and not this patch in it? */
static Status
check_register(const Baseline *baseline)
{
	Register   *reg = register_read(baseline->conn);
	Status		status = STATUS_PROBLEM;

	if (reg == NULL)
		return STATUS_TROUBLE;
	if (!command_mark_is_possible(baseline->options, baseline->conn, reg))
		;						/* there has been a message */
	else if (register_find_row(reg, baseline->name) != NULL)
		pg_log_error("patch \"%s\" is applied already",
					 report_printable(baseline->name));
	else
	{
		status = STATUS_DONE;
		warn_of_others(reg);
	}
	register_free(reg);
	return status;
}

/* The text of the patch; the caller frees it. */
static char *
make_text(const Baseline *baseline)
{
	PQExpBuffer text = createPQExpBuffer();
	char	   *result;

	appendPQExpBufferStr(text,
						 "-- What was there before the first patch, as "
						 "pg_dump has printed it, without\n"
						 "-- data, subscriptions and user mappings.\n"
						 "-- versioning: disable no-rollback\n\n"
						 "BEGIN;\n\nSELECT _v.register_patch(");
	project_template_constant(text, baseline->name);
	appendPQExpBuffer(text, ", NULL, NULL);\n%s\nCOMMIT;\n",
					  baseline->schema);
	result = PQExpBufferBroken(text) ? NULL : pg_strdup(text->data);
	if (result == NULL)
		pg_log_error("out of memory");
	destroyPQExpBuffer(text);
	return result;
}

/* Write the file and read it, as whoever applies it does. */
static Status
write_file(Baseline *baseline)
{
	NewFile		file = {baseline->path, make_text(baseline)};
	SimpleStringList places = {NULL, NULL};
	SimpleStringList nothing = {NULL, NULL};
	bool		is_written = file.text != NULL &&
		project_new_files_write(&file, 1);

	pg_free(file.text);
	if (!is_written)
		return STATUS_TROUBLE;
	printf("%s\n", report_printable(baseline->path));
	fflush(stdout);
	simple_string_list_append(&places, baseline->path);
	baseline->project = project_read(&places, &nothing, false,
									 PROJECT_BYTES);
	simple_string_list_destroy(&places);
	report_problems(baseline->options->progname,
					&baseline->project->problems, NULL);
	return problem_has_errors(&baseline->project->problems) ?
		STATUS_PROBLEM : STATUS_DONE;
}

/* What is in that database, as statements; NULL after a message. */
static char *
take_schema(const Baseline *baseline, PGconn *conn)
{
	const RunOptions *options = &baseline->options->deploy;

	return scratch_schema_take(options->argv0, conn, options->lock_timeout);
}

/* Is what the patch has made what is there?  Else shows the difference. */
static Status
compare(const Baseline *baseline, PGconn *scratch)
{
	char	   *made = take_schema(baseline, scratch);
	char	   *label = psprintf("database %s",
								 report_printable(PQdb(baseline->conn)));
	Status		status = made == NULL ? STATUS_TROUBLE : STATUS_DONE;

	if (made != NULL && !scratch_schema_is_same(made, baseline->schema))
	{
		status = STATUS_PROBLEM;
		(void) scratch_dump_print_difference(baseline->schema, label, made,
											 report_printable(
												baseline->path));
		pg_log_error("the patch does not make what is in the database");
	}
	pg_free(label);
	pg_free(made);
	return status;
}

/* Apply the patch to a scratch database, and compare. */
static Status
try_patch(const Baseline *baseline, PGconn *scratch)
{
	const Options *options = baseline->options;
	char	   *name = unconstify(char *, baseline->name);
	Status		status = scratch_build(options->progname, &options->deploy,
									   "applying it to a scratch database",
									   scratch, baseline->project, &name, 1);

	return status == STATUS_DONE ? compare(baseline, scratch) : status;
}

/* Write the patch, if there can be a scratch database, and try it there. */
static Status
write_and_try(Baseline *baseline)
{
	ScratchDatabase *scratch = NULL;
	Status		status;

	if (scratch_database_drop_leftovers(baseline->conn))
		scratch = scratch_database_create(baseline->options->deploy.argv0,
										  NULL, baseline->conn);
	if (scratch == NULL)
		return STATUS_TROUBLE;
	status = write_file(baseline);
	if (status == STATUS_DONE)
		status = try_patch(baseline, scratch->conn);
	if (!scratch_database_drop(scratch) && status == STATUS_DONE)
		status = STATUS_TROUBLE;
	if (interruption_count() > 0)
	{
		if (status == STATUS_DONE)
			pg_log_error("interrupted");
		status = STATUS_FAILED;
	}
	return status;
}

/* Put the patch into the register. */
static Status
mark(const Baseline *baseline)
{
	const Project *project = baseline->project;
	const ProjectName *entry = project_find_patch(project, baseline->name);
	Mark		mark = {baseline->name, entry->patch,
		&project->patches[entry->patch_file]};

	if (!run_mark(baseline->conn, MARK_APPLIED, &mark, 1))
		return STATUS_FAILED;
	if (!baseline->options->deploy.is_quiet)
		printf("Patch \"%s\" makes what is in database \"%s\", and is marked "
			   "there as applied.\n", report_printable(baseline->name),
			   report_printable(PQdb(baseline->conn)));
	return STATUS_DONE;
}

/* Do all of it, as the only deployer. */
static Status
make_baseline(Baseline *baseline)
{
	Status		status = check_register(baseline);

	if (status != STATUS_DONE)
		return status;
	baseline->schema = take_schema(baseline, baseline->conn);
	if (interruption_count() > 0)
	{
		pg_log_error("interrupted");
		return STATUS_FAILED;
	}
	if (baseline->schema == NULL)
		return STATUS_TROUBLE;
	status = write_and_try(baseline);
	if (status == STATUS_DONE)
		status = mark(baseline);
	if (status != STATUS_DONE && baseline->project != NULL)
	{
		pg_log_error("nothing was registered");
		fe_compat_log_hint("The file is there to be looked at. When it is as "
						   "it should be, say: versioning mark %s",
						   report_printable(baseline->path));
	}
	return status;
}

/* Make a patch of what is in the database, and mark it as applied. */
Status
command_baseline(Options *options)
{
	Baseline	baseline = {.options = options, .name = options->names[0]};
	RunLock    *lock;
	Status		status = STATUS_TROUBLE;

	baseline.conn = connection_open(&options->connection,
									"versioning baseline");
	if (baseline.conn == NULL)
		return STATUS_TROUBLE;
	if (!interruption_catch())
		;						/* there has been a message */
	else if (!find_path(&baseline))
		status = STATUS_PROBLEM;
	else
		status = run_lock_acquire(options->deploy.wait, baseline.conn,
								  DEPLOY_APPLY, &lock);
	if (status == STATUS_DONE)
	{
		status = make_baseline(&baseline);
		run_lock_release(lock);
	}
	if (baseline.project != NULL)
		project_free(baseline.project);
	pg_free(baseline.schema);
	pg_free(baseline.path);
	connection_close(baseline.conn);
	return status;
}
