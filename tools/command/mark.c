/*-------------------------------------------------------------------------
 *
 * command/mark.c
 *		versioning mark, unmark and accept: the register without running
 *
 * All that can be known to be wrong is said before anybody is asked.  The
 * rest, and what others have done meanwhile, is for the functions of the
 * register to say: all of it is one transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/ask.h"
#include "base/fe_compat.h"
#include "base/report.h"
#include "command/command.h"
#include "plan/names.h"
#include "run/lock.h"
#include "run/mark.h"

/* What a command works on */
typedef struct Marking
{
	Options    *options;
	MarkKind	kind;
	PGconn	   *conn;
	Project    *project;		/* without any file, if none is needed */
	Register   *reg;
	NameTable  *table;			/* numbers of the patches in the list */
	Mark	   *marks;
	int			count;
	bool		is_wrong;		/* there has been a message */
} Marking;

/* Say what is wrong. */
static void complain(Marking *marking, const char *format,...)
			pg_attribute_printf(2, 3);

static void
complain(Marking *marking, const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	pg_log_error("%s", report_printable(text));
	pg_free(text);
	marking->is_wrong = true;
}

/* Say that a word of the command line is no patch. */
static void
complain_of_name(Marking *marking, const char *what, const char *name)
{
	complain(marking, "%s \"%s\"%s", what, name,
			 plan_names_argument_suggestion(marking->project, marking->reg,
											name));
}

/* May this patch, which a file registers, be marked as applied? */
static bool
can_be_applied(Marking *marking, const char *name)
{
	const AppliedPatch *row = register_find_row(marking->reg, name);

	if (row == NULL)
		return true;
	if (row->unfinished != NULL)
		complain(marking, "patch \"%s\" is unfinished: \"versioning apply\" "
				 "goes on with it; to call it whole, unmark it first", name);
	else if (!marking->options->deploy.is_quiet)
		printf("%s is applied already\n", report_printable(name));
	return false;
}

/* Is there anything to accept of this patch? */
static bool
can_be_accepted(Marking *marking, const char *name, const ProjectFile *file)
{
	const AppliedPatch *row = register_find_row(marking->reg, name);
	SourceDigest digest;

	if (row == NULL)
		complain_of_name(marking, "there is no applied patch", name);
	else if (!project_digest(file, digest))
		complain(marking, "the digest of %s cannot be had", file->path);
	else if (row->sha256[0] == '\0' ||
			 !project_source_matches(file->path, digest, row->sha256))
		return true;
	else if (!marking->options->deploy.is_quiet)
		printf("%s has not changed since \"%s\" was applied or accepted\n",
			   report_printable(file->path), report_printable(name));
	return false;
}

/* Add a patch to the list, once. */
static void
add(Marking *marking, const char *name, const PatchCall *call,
	const ProjectFile *file)
{
	Mark	   *mark = &marking->marks[marking->count];

	if (name_table_add(marking->table, name) != marking->count)
		return;
	mark->name = name;
	mark->call = call;
	mark->file = file;
	marking->count++;
}

/* Add a patch of a file. */
static void
add_of_file(Marking *marking, const ProjectName *entry)
{
	const ProjectFile *file = &marking->project->patches[entry->patch_file];
	const char *name = entry->patch->name;

	if (marking->kind == MARK_APPLIED ? can_be_applied(marking, name) :
		can_be_accepted(marking, name, file))
		add(marking, name, entry->patch, file);
}

/* Add what is meant by a word of the command line: a patch, or a file. */
static void
add_named(Marking *marking, const char *name)
{
	const Project *project = marking->project;
	const ProjectName *entry = project_find_patch(project, name);
	const ProjectFile *file = plan_names_patch_file(project, name);
	int			i;

	if (entry != NULL)
		add_of_file(marking, entry);
	else if (file == NULL)
		complain_of_name(marking, "no file registers a patch", name);
	for (i = 0; entry == NULL && file != NULL && i < project->name_count; i++)
		if (project->names[i].patch != NULL &&
			&project->patches[project->names[i].patch_file] == file)
			add_of_file(marking, &project->names[i]);
}

/* Add what is to leave the register: the latest first, others require it. */
static void
add_rows(Marking *marking)
{
	const Options *options = marking->options;
	const Register *reg = marking->reg;
	NameTable  *wanted = name_table_create(options->name_count);
	int			i;

	for (i = 0; i < options->name_count; i++)
		if (register_find_row(reg, options->names[i]) != NULL)
			(void) name_table_add(wanted, options->names[i]);
		else
			complain_of_name(marking, "there is no applied patch",
							 options->names[i]);
	for (i = reg->count - 1; i >= 0; i--)
		if (name_table_find(wanted, reg->patches[i].name) != NAME_TABLE_NONE)
			add(marking, reg->patches[i].name, NULL, NULL);
	name_table_free(wanted);
}

/* Complain of what the patches require that is not there. */
static void
check_requirements(Marking *marking)
{
	const SimpleStringListCell *cell;
	int			i;

	for (i = 0; i < marking->count; i++)
		for (cell = marking->marks[i].call->requirements.head; cell != NULL;
			 cell = cell->next)
			if (register_find(marking->reg, cell->val) == NULL &&
				name_table_find(marking->table, cell->val) == NAME_TABLE_NONE)
				complain(marking, "patch \"%s\" requires \"%s\", which is "
						 "not applied: name that as well, if it is there",
						 marking->marks[i].name, cell->val);
}

/* Is all that it requires of the list in the order already? */
static bool
may_be_next(const Marking *marking, const bool *is_in_order, int number)
{
	const SimpleStringListCell *cell =
		marking->marks[number].call->requirements.head;

	for (; cell != NULL; cell = cell->next)
	{
		int			required = name_table_find(marking->table, cell->val);

		if (required != NAME_TABLE_NONE && !is_in_order[required])
			return false;
	}
	return true;
}

/* Have each patch come after those that it requires. */
static void
sort(Marking *marking)
{
	Mark	   *order = pg_malloc((marking->count + 1) * sizeof(Mark));
	bool	   *is_in_order = pg_malloc0(marking->count + 1);
	int			count = 0;
	int			before = -1;
	int			i;

	while (count > before)
	{
		before = count;
		for (i = 0; i < marking->count; i++)
			if (!is_in_order[i] && may_be_next(marking, is_in_order, i))
			{
				is_in_order[i] = true;
				order[count++] = marking->marks[i];
			}
	}
	for (i = 0; i < marking->count; i++)
		if (!is_in_order[i])
			complain(marking, "patch \"%s\" requires itself, by way of "
					 "others", marking->marks[i].name);
	pg_free(is_in_order);
	pg_free(marking->marks);
	marking->marks = order;
}

/* Find out what is to be done, and complain of what is wrong with it. */
static void
choose(Marking *marking)
{
	const Options *options = marking->options;
	int			space = marking->project->name_count + marking->reg->count;
	int			i;

	marking->marks = pg_malloc((space + 1) * sizeof(Mark));
	marking->table = name_table_create(options->name_count);
	if (marking->kind == MARK_NOT_APPLIED)
		add_rows(marking);
	for (i = 0; marking->kind != MARK_NOT_APPLIED && i < options->name_count;
		 i++)
		add_named(marking, options->names[i]);
	if (marking->kind == MARK_APPLIED)
	{
		check_requirements(marking);
		if (!marking->is_wrong)
			sort(marking);
	}
}

/* Has a part of the patch been run, although it is not in the register? */
static bool
is_begun(const Marking *marking, const char *name)
{
	const Unfinished *unfinished = &marking->reg->unfinished;
	int			i;

	for (i = 0; i < unfinished->count; i++)
		if (strcmp(unfinished->patches[i].name, name) == 0)
			return true;
	return false;
}

/* Print the jobs of a patch, which end with it. */
static void
print_jobs(const Jobs *jobs, const char *patch)
{
	int			i;

	for (i = 0; i < jobs->count; i++)
		if (strcmp(jobs->jobs[i].patch, patch) == 0 && !jobs->jobs[i].is_done)
			printf("  (its job \"%s\", which is not done, is canceled)",
				   report_printable(jobs->jobs[i].name));
}

/* Show what would be done. */
static void
print_list(const Marking *marking)
{
	static const char *const titles[] = {
		[MARK_APPLIED] = "To be marked as applied in database \"%s\", "
		"without running them:\n",
		[MARK_NOT_APPLIED] = "To be taken out of the register of database "
		"\"%s\", without running anything:\n",
		[MARK_ACCEPTED] = "To be accepted in database \"%s\" as they are "
		"now:\n"
	};
	int			i;

	printf(titles[marking->kind], report_printable(PQdb(marking->conn)));
	for (i = 0; i < marking->count; i++)
	{
		const Mark *mark = &marking->marks[i];

		fputs("  ", stdout);
		report_escaped(stdout, mark->name);
		if (mark->file != NULL)
		{
			fputs("  ", stdout);
			report_escaped(stdout, mark->file->path);
		}
		if (marking->kind == MARK_APPLIED && is_begun(marking, mark->name))
			fputs("  (unfinished: it will count as whole)", stdout);
		if (marking->kind == MARK_NOT_APPLIED)
			print_jobs(&marking->reg->jobs, mark->name);
		putchar('\n');
	}
}

/* Ask, and do it. */
static Status
ask_and_mark(const Marking *marking)
{
	static const char *const done[] = {
		[MARK_APPLIED] = "marked", [MARK_NOT_APPLIED] = "unmarked",
		[MARK_ACCEPTED] = "accepted"
	};
	const Options *options = marking->options;
	RunLock    *lock;
	Status		status;

	if (!options->says_yes || !options->deploy.is_quiet)
		print_list(marking);
	status = ask_yes(options->says_yes, "Do it?");
	if (status == STATUS_DONE)
		status = run_lock_acquire(options->deploy.wait, marking->conn,
								  marking->kind == MARK_NOT_APPLIED ?
								  DEPLOY_ROLLBACK : DEPLOY_APPLY, &lock);
	if (status != STATUS_DONE)
		return status;
	if (!run_mark(marking->conn, marking->kind, marking->marks,
				  marking->count))
	{
		pg_log_error("nothing was done");
		status = STATUS_FAILED;
	}
	else if (!options->deploy.is_quiet)
		printf("%d %s.\n", marking->count, done[marking->kind]);
	run_lock_release(lock);
	return status;
}

bool
command_mark_is_possible(const Options *options, PGconn *conn,
						 const Register *reg)
{
	command_register_report(options, reg);
	if (!reg->survey.has_history)
		connection_report_missing(conn, "extension \"versioning\", which "
								  "keeps the history of marks");
	return reg->survey.has_history && reg->survey.functions.count == 0;
}

/* Look at everything, then do it. */
static Status
look_and_mark(Marking *marking)
{
	const ProblemList *problems = &marking->project->problems;
	Status		status = STATUS_DONE;

	marking->reg = register_receive(marking->reg, marking->conn);
	if (marking->reg == NULL)
		return STATUS_TROUBLE;
	report_problems(marking->options->progname, problems, NULL);
	marking->is_wrong = problem_has_errors(problems) ||
		!command_mark_is_possible(marking->options, marking->conn,
								  marking->reg);
	if (!marking->is_wrong)
		choose(marking);
	if (marking->is_wrong)
	{
		pg_log_error("nothing was done");
		status = STATUS_PROBLEM;
	}
	else if (marking->count > 0)
		status = ask_and_mark(marking);
	register_free(marking->reg);
	return status;
}

/* Run the command of that kind. */
static Status
run(Options *options, MarkKind kind)
{
	Marking		marking = {.options = options, .kind = kind};
	char	   *name = psprintf("versioning %s", options->command);
	Status		status;

	marking.conn = connection_open(&options->connection, name);
	pg_free(name);
	if (marking.conn == NULL)
		return STATUS_TROUBLE;
	marking.reg = register_ask(marking.conn);
	marking.project = kind == MARK_NOT_APPLIED ? pg_malloc0(sizeof(Project)) :
		project_read(&options->patches, &options->rollbacks, false,
					 PROJECT_DIGESTS);
	status = look_and_mark(&marking);
	if (marking.table != NULL)
		name_table_free(marking.table);
	pg_free(marking.marks);
	if (kind == MARK_NOT_APPLIED)
		pg_free(marking.project);
	else
		project_free(marking.project);
	connection_close(marking.conn);
	return status;
}

/* Put the patches into the register, without running them. */
Status
command_mark(Options *options)
{
	return run(options, MARK_APPLIED);
}

/* Take the patches out of the register, without running anything. */
Status
command_mark_not(Options *options)
{
	return run(options, MARK_NOT_APPLIED);
}

/* Note that the files of the patches are as they should be. */
Status
command_mark_accept(Options *options)
{
	return run(options, MARK_ACCEPTED);
}
