/*-------------------------------------------------------------------------
 *
 * run/psql.c
 *		Running a file in a psql of its own
 *
 * psql runs three scripts: one of ours, the file, and another one of ours.
 * The last one commits the transaction that the first has begun, if there is
 * to be one around the file, and tells us that psql has come so far, and
 * whether a transaction is open.  It does so on standard error, in lines that
 * are not shown.
 *
 * psql does not tell whether an error is for the want of a lock.  But somebody
 * has seen for whom its backend was waiting, and for how long: if that was up
 * to the error, and as long as the lock_timeout that we have set, or in a
 * circle, then it was that.  Messages are kept back while the backend waits,
 * from the error on, as the file may be tried again.
 *
 * If a signal asks us to stop, psql is ended at once, so that it runs nothing
 * more: Ctrl-C would only end what it waits for, as the pause of a \watch.
 * Its backend is ended by whoever looks for what was kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/interruption.h"
#include "base/nameless_file.h"
#include "common/logging.h"
#include "run/process.h"
#include "run/psql.h"
#include "run/waiting.h"

/* What psql's exit statuses mean */
#define PSQL_LOST_CONNECTION 2
#define PSQL_SCRIPT_ERROR 3

/* Our lines begin with these words */
#define BEGIN_WORD "versioning-has-begun "
#define END_WORD "versioning-has-run "

/* The result is false within a transaction, whose time is an earlier one */
#define IS_SETTLED \
	"SELECT pg_catalog.now() OPERATOR(pg_catalog.=) " \
	"pg_catalog.statement_timestamp() "

/* The line of the COMMIT in the last script */
#define COMMIT_LINE 17

/* When to kill what psql has started, in milliseconds after the signal */
#define KILL_AFTER 1500

/* How much may lie in the pipes when psql has ended, in chunks */
#define LAST_CHUNKS 32

typedef struct PsqlRun
{
	const FileRunner *runner;
	PsqlProcess *process;
	FileRun    *run;
	char		path[MAXPGPATH];	/* of the file, as messages have it */
	char		first_path[32]; /* of our scripts */
	char		last_path[32];
	Waiting		waiting;
	int			lock_timeout;	/* that we have set, or 0 */
	int64		failed;			/* when an error came as it waited, or 0 */
	PQExpBufferData kept;		/* what came since then */
	bool		needs_wrapping; /* our transaction must be open at the end */
	bool		has_run;		/* psql has come to the end */
	bool		has_complained; /* it has shown an error */
} PsqlRun;

/* The script before the file. */
static char *
make_first(const FileRunner *runner, const PlanStep *step, int lock_timeout)
{
	PQExpBufferData text;

	initPQExpBuffer(&text);
	run_file_append_marks(&text, runner, step, lock_timeout);
	appendPQExpBufferStr(&text, " \\gset\n"
						 "\\warn " BEGIN_WORD
						 ":versioning_since :versioning_pid\n"
						 "\\unset versioning_since\n"
						 "\\unset versioning_pid\n");
	if (step->outline->is_wrapped)
		appendPQExpBufferStr(&text, "BEGIN;\n");
	return buffer_finish(&text);
}

/*
 * The script after the file.  First psql is brought to run ours as it should,
 * whatever the file has set.  In a transaction that has failed, we do not
 * learn that it is open, but that is what is assumed.
 */
static char *
make_last(const PlanStep *step)
{
	const ScriptOutline *outline = step->outline;

	return psprintf("\\set versioning_stop :ON_ERROR_STOP\n"
					"\\set versioning_error :LAST_ERROR_SQLSTATE\n"
					"\\set QUIET on\n"
					"\\set ECHO none\n"
					"\\set ECHO_HIDDEN off\n"
					"\\set SINGLELINE off\n"
					"\\set SINGLESTEP off\n"
					"\\set FETCH_COUNT 0\n"
					"\\set AUTOCOMMIT on\n"
					"\\set ON_ERROR_ROLLBACK off\n"
					"\\set ON_ERROR_STOP off\n"
					"\\timing off\n"
					"\\o\n"
					"\\set versioning_is_lost f\n"
					IS_SETTLED "AS versioning_is_lost \\gset\n"
					"\\set ON_ERROR_STOP on\n"
					"%s\n"
					"\\set VERBOSITY terse\n"
					"\\set ON_ERROR_STOP off\n"
					"\\set versioning_is_settled f\n"
					IS_SETTLED "AS versioning_is_settled \\gset\n"
					"\\warn " END_WORD
					":versioning_is_settled :versioning_is_lost "
					":versioning_error :versioning_stop\n",
					outline->is_wrapped && !outline->ends_wrapping ?
					"COMMIT;" : "");
}

/* Show some lines, or keep them back. */
static void
show(PsqlRun *psql, const char *text, size_t length)
{
	if (psql->failed != 0)
	{
		appendBinaryPQExpBuffer(&psql->kept, text, length);
		return;
	}
	watch_progress_messages(psql->runner->progress, text, length);
}

/* Does a line begin so?  Returns what follows, or NULL. */
static const char *
pass(const char *line, const char *beginning)
{
	size_t		length = strlen(beginning);

	return strncmp(line, beginning, length) == 0 ? line + length : NULL;
}

/* The reply that the file is about to be run. */
static void
note_begin(PsqlRun *psql, const char *reply)
{
	(void) sscanf(reply, "%31s %d", psql->run->backend.since,
				  &psql->run->backend.pid);
}

/* The reply that it has run. */
static void
note_end(PsqlRun *psql, const char *reply)
{
	char		is_settled = 'f';
	char		is_lost = 'f';
	char		error[16] = "";
	char		value[16] = "";

	psql->has_run = true;
	(void) sscanf(reply, "%c %c %15s %15s", &is_settled, &is_lost, error,
				  value);
	psql->run->is_left_open = is_settled != 't';
	psql->run->has_lost_wrapping = is_lost == 't' && psql->needs_wrapping;
	psql->run->has_errors |= strlen(error) == 5 &&
		strcmp(error, "00000") != 0;
	psql->run->ignores_errors = pg_strcasecmp(value, "on") != 0 &&
		strcmp(value, "1") != 0;
}

/*
 * Show a message about a line of our scripts, of which the path was passed, as
 * one about what is done around the file.  What only looks is not shown.
 */
static void
show_own(PsqlRun *psql, const char *place, bool is_first)
{
	char	   *message;
	int			line = (int) strtol(place, &message, 10);
	const char *doing = FILE_RUN_BEFORE;
	char	   *text;

	if (is_first && line > 1)
		doing = FILE_RUN_BEGIN;
	else if (!is_first && line == COMMIT_LINE)
		doing = FILE_RUN_COMMIT;
	else if (!is_first)
		return;
	text = psprintf("psql:%s: %s%s", psql->path, doing, message);
	psql->has_complained = true;
	show(psql, text, strlen(text));
	pg_free(text);
}

/* Is a line the first one of a message that is more than a notice? */
static bool
is_complaint(const char *line)
{
	static const char *const harmless[] = {
		"NOTICE:  ", "WARNING:  ", "INFO:  ", "LOG:  ", "DEBUG:  ",
		"warning: "
	};
	size_t		i;

	if (pass(line, "psql:") == NULL)
		return false;
	for (i = 0; i < lengthof(harmless); i++)
		if (strstr(line, harmless[i]) != NULL)
			return false;
	return true;
}

/* What follows the place that a line of psql's begins with, or NULL */
static const char *
pass_place(const char *line)
{
	const char *p = pass(line, "psql:");

	if (p != NULL && *p == ' ')
		return p + 1;
	while (p != NULL && (p = strchr(p, ':')) != NULL)
	{
		size_t		digits = strspn(++p, "0123456789");

		if (digits > 0 && strncmp(p + digits, ": ", 2) == 0)
			return p + digits + 2;
	}
	return NULL;
}

/*
 * Take note of a line if it is an error.  Not every one of psql's own ends it
 * or shows in a variable; after an \if that it cannot decide, psql goes on in
 * any case.
 */
static void
note_error(PsqlRun *psql, const char *line)
{
	const char *message = pass_place(line);

	psql->has_complained |= is_complaint(line);
	if (is_complaint(line) && psql->waiting.seen != NULL && psql->failed == 0)
	{
		psql->failed = clock_milliseconds();
		run_waiting_fail(&psql->waiting);
	}
	if (message == NULL || (pass(message, "error: ") == NULL &&
							pass(message, "ERROR:  ") == NULL))
		return;
	psql->run->has_errors = true;
	psql->run->has_bad_condition |=
		strstr(message, "\"\\if expression\"") != NULL ||
		strstr(message, "\"\\elif expression\"") != NULL;
}

/* A line has come, with its newline. */
static void
take_line(PsqlRun *psql, const char *line)
{
	const char *rest;

	if ((rest = pass(line, BEGIN_WORD)) != NULL)
		note_begin(psql, rest);
	else if ((rest = pass(line, END_WORD)) != NULL)
		note_end(psql, rest);
	else if ((rest = pass(line, psql->first_path)) != NULL)
		show_own(psql, rest, true);
	else if ((rest = pass(line, psql->last_path)) != NULL)
		show_own(psql, rest, false);
	else
	{
		note_error(psql, line);
		show(psql, line, strlen(line));
	}
}

/* Take what psql has written to standard error, as far as lines go. */
static void
take_errors(PsqlRun *psql)
{
	PQExpBuffer errors = &psql->process->errors_text;
	char	   *p = errors->data;
	char	   *newline;

	while ((newline = strchr(p, '\n')) != NULL)
	{
		char		next = newline[1];

		newline[1] = '\0';
		take_line(psql, p);
		newline[1] = next;
		p = newline + 1;
	}
	errors->len -= p - errors->data;
	memmove(errors->data, p, errors->len + 1);
}

/* Pass on what psql has printed. */
static void
take_text(PsqlRun *psql)
{
	PQExpBuffer output = &psql->process->output_text;

	take_errors(psql);
	watch_progress_output(psql->runner->progress, output->data, output->len);
	resetPQExpBuffer(output);
}

/* If we are asked to stop, end psql, and what does not end by itself. */
static void
stop_if_asked(const PsqlRun *psql)
{
	if (interruption_count() == 0)
		return;
	run_process_signal(psql->process, interruption_count() > 1 ||
					   interruption_age() >= KILL_AFTER ?
					   SIGKILL : SIGTERM);
}

/* Wait until psql has ended, and all that it has written was taken. */
static void
wait_for_end(PsqlRun *psql)
{
	int			chunks = LAST_CHUNKS;

	run_waiting_begin(&psql->waiting, psql->runner);
	while (psql->process->pid != 0)
	{
		stop_if_asked(psql);
		(void) run_process_wait(psql->process, interruption_count() > 0 ?
								100 : run_waiting_timeout(&psql->waiting));
		take_text(psql);
		run_waiting_look(&psql->waiting, psql->run->backend.pid);
	}
	while (chunks-- > 0 && run_process_wait(psql->process, 0))
		take_text(psql);
	if (psql->process->errors_text.len > 0)
		appendPQExpBufferChar(&psql->process->errors_text, '\n');
	take_text(psql);
}

/* Note whether it failed for the want of a lock, and what was kept back. */
static void
note_lock(PsqlRun *psql)
{
	FileRun    *run = psql->run;

	run->lacked_lock = run->end == FILE_RUN_FAILED && psql->failed != 0 &&
		run_waiting_has_failed(&psql->waiting, psql->lock_timeout,
							   psql->failed);
	run_waiting_end(&psql->waiting, run);
	if (psql->kept.len > 0)
		run->message = pg_strdup(psql->kept.data);
}

/* Note how psql has ended. */
static void
note_exit(const PsqlRun *psql)
{
	FileRun    *run = psql->run;
	int			status = psql->process->wait_status;

	run->number = WIFSIGNALED(status) ? WTERMSIG(status) :
		WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		run->end = FILE_RUN_KILLED;
	else if (run->number == PSQL_SCRIPT_ERROR)
	{
		run->end = FILE_RUN_FAILED;
		run->is_silent = !psql->has_complained;
	}
	else if (run->number == PSQL_LOST_CONNECTION)
		run->end = FILE_RUN_LOST;
	else if (run->number == 0 && psql->has_run)
		run->end = FILE_RUN_DONE;
}

/* The path of a step's file that psql takes for one. */
static char *
find_path(const PlanStep *step)
{
	const char *path = step->file->path;

	return psprintf("%s%s", strcmp(path, "-") == 0 ? "./" : "", path);
}

/* Run the file between two scripts, of which the descriptors are open. */
static void
run_between(PsqlRun *psql, const ConnectionHandover *handover,
			const PlanStep *step, int first, int last)
{
	const RunOptions *options = psql->runner->options;
	char	   *path = find_path(step);
	char	   *first_path = psprintf("/dev/fd/%d", first);
	char	   *last_path = psprintf("/dev/fd/%d", last);
	const char *const scripts[] = {first_path, path, last_path, NULL};

	snprintf(psql->first_path, sizeof(psql->first_path), "psql:%s:",
			 first_path);
	snprintf(psql->last_path, sizeof(psql->last_path), "psql:%s:", last_path);
	psql->process = run_process_start(options->argv0, handover,
									  &options->variables, scripts);
	if (psql->process != NULL)
	{
		wait_for_end(psql);
		note_exit(psql);
		note_lock(psql);
		run_process_free(psql->process);
	}
	pg_free(path);
	pg_free(first_path);
	pg_free(last_path);
}

void
run_psql_run(const FileRunner *runner, const ConnectionHandover *handover,
			 const PlanStep *step, int lock_timeout, FileRun *run)
{
	PsqlRun		psql = {0};
	char	   *first_text = make_first(runner, step, lock_timeout);
	char	   *last_text = make_last(step);
	int			first = nameless_file_create(first_text);
	int			last = nameless_file_create(last_text);

	memset(run, 0, sizeof(*run));
	run->end = FILE_RUN_ENDED;
	psql.runner = runner;
	psql.run = run;
	psql.lock_timeout = lock_timeout;
	initPQExpBuffer(&psql.kept);
	psql.needs_wrapping = step->outline->is_wrapped &&
		!step->outline->may_end_wrapping;
	run_file_copy_path(psql.path, step);
	if (first >= 0 && last >= 0)
		run_between(&psql, handover, step, first, last);
	if (first >= 0)
		close(first);
	if (last >= 0)
		close(last);
	pg_free(first_text);
	pg_free(last_text);
	termPQExpBuffer(&psql.kept);
}
