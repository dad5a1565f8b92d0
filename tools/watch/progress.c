/*-------------------------------------------------------------------------
 *
 * watch/progress.c
 *		What is seen of a run while it goes on
 *
 * A line for each patch, on standard output.  On a terminal it is there while
 * the patch runs, with the seconds so far, and is written anew each second; it
 * gives way to what psql prints.  Elsewhere it is written when the patch has
 * ended.
 *
 * psql's messages go to standard error as they come, its output to standard
 * output if that is wanted.  If it is to be quiet, no line stays, and messages
 * are kept until the patch fails, or forgotten.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/report.h"
#include "common/logging.h"
#include "pqexpbuffer.h"
#include "watch/progress.h"

/* How much of a patch's messages is kept */
#define KEPT (256 * 1024)

/* What stands for the rest of a line that is too long */
#define DOTS "..."

/* What erases the line that the cursor is in, all of it or what is after */
#define ERASE "\r" ERASE_REST
#define ERASE_REST "\033[K"

struct Progress
{
	ProgressForm form;
	bool		is_verbose;
	bool		is_terminal;	/* lines can be written anew */

	int			total;			/* how many patches */
	const char *given_label;	/* for all of them, or NULL */
	int64		start;			/* of all of them */

	int			number;			/* of the patch that runs */
	const PlanStep *step;
	PQExpBufferData label;		/* its number and name, for people */
	PQExpBufferData note;		/* what is shown after these meanwhile */
	int64		patch_start;
	int64		shown;			/* its seconds in the line that is there */
	bool		is_line;		/* the cursor is in that line */
	bool		is_running;

	PQExpBufferData kept;		/* its messages, if quiet */
	bool		is_shortened;	/* the first ones were forgotten */
};

/* How long the patch has been running, in milliseconds */
static int64
patch_age(const Progress *progress)
{
	return clock_milliseconds() - progress->patch_start;
}

/* Can a line be written anew on standard output? */
static bool
is_terminal(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && terminal != NULL &&
		terminal[0] != '\0' && strcmp(terminal, "dumb") != 0;
}

const char *
watch_progress_number(int number, int total)
{
	static char text[64];
	char		width[32];

	snprintf(width, sizeof(width), "%d", total);
	snprintf(text, sizeof(text), "[%*d/%s] ", (int) strlen(width), number,
			 width);
	return text;
}

Progress *
watch_progress_create(ProgressForm form, bool is_verbose, int total,
					  const char *label)
{
	Progress   *progress = pg_malloc0(sizeof(Progress));

	progress->form = form;
	progress->is_verbose = is_verbose;
	progress->is_terminal = (form == PROGRESS_LINES || label != NULL) &&
		is_terminal();
	progress->total = total;
	progress->given_label = label;
	progress->start = clock_milliseconds();
	initPQExpBuffer(&progress->label);
	initPQExpBuffer(&progress->note);
	initPQExpBuffer(&progress->kept);
	return progress;
}

/* How wide the terminal is. */
static size_t
columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

/* Write the line of the patch that runs, shortened if it would take two. */
static void
show_line(Progress *progress)
{
	char		seconds[32] = "";
	char	   *text;
	int			length;

	if (!progress->is_terminal || !progress->is_running)
		return;
	progress->shown = patch_age(progress) / 1000;
	if (progress->shown > 0 && progress->note.len == 0)
		snprintf(seconds, sizeof(seconds), "  " INT64_FORMAT " s",
				 progress->shown);

	/* The last column stays free: some terminals go on to the next line */
	text = psprintf("%s%s", progress->label.data, progress->note.data);
	length = (int) columns() - 1 - (int) strlen(seconds);
	if ((int) strlen(text) > length)
		length -= (int) strlen(DOTS);
	length = report_fitting(text, length);
	if (length > 0)
	{
		printf("\r%.*s%s%s" ERASE_REST, length, text,
			   text[length] != '\0' ? DOTS : "", seconds);
		progress->is_line = true;
		fflush(stdout);
	}
	pg_free(text);
}

/* Take that line away. */
static void
hide_line(Progress *progress)
{
	if (!progress->is_line)
		return;
	fputs(ERASE, stdout);
	progress->is_line = false;
	fflush(stdout);
}

void
watch_progress_begin(Progress *progress, int number, const PlanStep *step,
					 const char *name)
{
	progress->number = number;
	progress->step = step;
	resetPQExpBuffer(&progress->label);
	if (progress->given_label != NULL)
		appendPQExpBufferStr(&progress->label, progress->given_label);
	else
		appendPQExpBuffer(&progress->label, "%s%s",
						  watch_progress_number(number, progress->total),
						  report_printable(name));
	resetPQExpBuffer(&progress->kept);
	progress->is_shortened = false;
	progress->is_running = true;
	progress->patch_start = clock_milliseconds();
	if (progress->form == PROGRESS_JSON)
		watch_events_begin(number, step);
	show_line(progress);
}

/* Print the line of a patch that has ended. */
static void
print_line(const Progress *progress, const StepEnd *end)
{
	const OthersWaited *others = &end->others;

	printf("%s  %s", progress->label.data, duration_text(patch_age(progress)));
	if (others->sessions > 0)
		printf(", %d %s waited, at most %s", others->sessions,
			   others->sessions == 1 ? "session" : "sessions",
			   duration_text(others->longest));
	puts(end->has_failed ? "  failed" : "");
	fflush(stdout);
}

void
watch_progress_end(Progress *progress, const StepEnd *end)
{
	progress->is_running = false;
	hide_line(progress);
	if (progress->form == PROGRESS_LINES)
		print_line(progress, end);
	else if (progress->form == PROGRESS_JSON)
		watch_events_step(progress->number, progress->step, end,
						  patch_age(progress));
	else if (end->has_failed)
	{
		if (progress->is_shortened)
			fputs("...\n", stderr);
		fwrite(progress->kept.data, 1, progress->kept.len, stderr);
	}
}

void
watch_progress_tick(Progress *progress)
{
	if (progress->is_terminal && progress->is_running &&
		patch_age(progress) / 1000 != progress->shown)
		show_line(progress);
}

int
watch_progress_timeout(const Progress *progress)
{
	if (!progress->is_terminal || !progress->is_running)
		return -1;
	return 1000 - (int) (patch_age(progress) % 1000);
}

void
watch_progress_messages(Progress *progress, const char *text, size_t length)
{
	if (progress->form == PROGRESS_QUIET)
	{
		PQExpBuffer kept = &progress->kept;

		appendBinaryPQExpBuffer(kept, text, length);
		if (kept->len > KEPT)
		{
			progress->is_shortened = true;
			memmove(kept->data, kept->data + kept->len - KEPT / 2, KEPT / 2);
			kept->len = KEPT / 2;
			kept->data[kept->len] = '\0';
		}
		return;
	}
	hide_line(progress);
	fwrite(text, 1, length, stderr);
	show_line(progress);
}

void
watch_progress_again(Progress *progress, const OthersWaited *others,
					 const char *sqlstate, int64 milliseconds)
{
	if (progress->form == PROGRESS_JSON)
		watch_events_again(progress->number, progress->step, others,
						   sqlstate, milliseconds);
}

void
watch_progress_note(Progress *progress, const char *text)
{
	if (!progress->is_terminal || (text == NULL && progress->note.len == 0))
		return;
	if (text != NULL && progress->note.len > 0 &&
		strcmp(progress->note.data + 2, text) == 0)
		return;
	resetPQExpBuffer(&progress->note);
	if (text != NULL)
		appendPQExpBuffer(&progress->note, "  %s", text);
	show_line(progress);
}

void
watch_progress_say(Progress *progress, const char *text)
{
	hide_line(progress);
	pg_log_info("%s", text);
	show_line(progress);
}

void
watch_progress_waiting(Progress *progress, const char *text,
					   const PGresult *blockers, const PGresult *seen)
{
	if (progress->form == PROGRESS_JSON)
		watch_events_waiting(progress->number, progress->step, text,
							 blockers, seen);
	else if (!progress->is_terminal || !isatty(STDERR_FILENO))
		watch_progress_say(progress, text);
}

void
watch_progress_output(Progress *progress, const char *text, size_t length)
{
	if (!progress->is_verbose || length == 0)
		return;
	hide_line(progress);
	fwrite(text, 1, length, stdout);
	fflush(stdout);
	if (text[length - 1] == '\n')
		show_line(progress);
}

void
watch_progress_finish(Progress *progress, int done, int failed,
					  int not_attempted)
{
	if (progress->form == PROGRESS_JSON)
		watch_events_end(done, failed, not_attempted,
						 clock_milliseconds() - progress->start);
}

const char *
watch_progress_duration(const Progress *progress)
{
	return duration_text(clock_milliseconds() - progress->start);
}

void
watch_progress_free(Progress *progress)
{
	hide_line(progress);
	termPQExpBuffer(&progress->label);
	termPQExpBuffer(&progress->note);
	termPQExpBuffer(&progress->kept);
	pg_free(progress);
}
