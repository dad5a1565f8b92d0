/*-------------------------------------------------------------------------
 *
 * watch/events.c
 *		A run of patches, told to programs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "watch/blockers.h"
#include "watch/events.h"

/* Print what each event begins with. */
static void
print_event(const char *event)
{
	fputs("{\"event\": ", stdout);
	json_print_string(event);
}

/* Print the end of an event. */
static void
finish_event(void)
{
	fputs("}\n", stdout);
	fflush(stdout);
}

/* Print what a step is about. */
static void
print_patches(const PlanStep *step)
{
	json_print_array("patches", (char *const *) step->names,
					 step->name_count);
	json_print_member("file", step->members != NULL ? NULL :
					  step->file->path);
}

/* Print an event about a step, without its end. */
static void
print_step(const char *event, int number, const PlanStep *step)
{
	print_event(event);
	json_print_number("number", number);
	print_patches(step);
}

/* Print where in its file a step goes on, if it does. */
static void
print_line(const PlanStep *step)
{
	const PlanParts *parts = step->parts;

	if (parts != NULL && parts->next > 0 && parts->next < parts->cut.count)
		json_print_number("line", parts->cut.items[parts->next].line);
}

/* Print what a plan has left out, if it has. */
static void
print_waits(const PatchPlan *plan)
{
	int			i;

	if (plan->wait_count == 0)
		return;
	json_print_key("waiting");
	putchar('[');
	for (i = 0; i < plan->wait_count; i++)
	{
		fputs(i > 0 ? ", {\"file\": " : "{\"file\": ", stdout);
		json_print_string(plan->waits[i].file->path);
		json_print_member("text", plan->waits[i].reason);
		putchar('}');
	}
	putchar(']');
}

/* Print which jobs are run before a step, if there are any. */
static void
print_jobs(const PlanStep *step)
{
	const SimpleStringListCell *cell;

	if (step->jobs.head == NULL)
		return;
	json_print_key("jobs");
	for (cell = step->jobs.head; cell != NULL; cell = cell->next)
	{
		fputs(cell == step->jobs.head ? "[" : ", ", stdout);
		json_print_string(cell->val);
	}
	putchar(']');
}

void
watch_events_plan(const char *action, const PatchPlan *plan)
{
	int			i;

	print_event("plan");
	json_print_member("action", action);
	json_print_key("steps");
	putchar('[');
	for (i = 0; i < plan->count; i++)
	{
		printf("%s{\"number\": %d", i > 0 ? ", " : "", i + 1);
		print_patches(&plan->steps[i]);
		print_line(&plan->steps[i]);
		print_jobs(&plan->steps[i]);
		putchar('}');
	}
	putchar(']');
	print_waits(plan);
	finish_event();
}

void
watch_events_begin(int number, const PlanStep *step)
{
	print_step("begin", number, step);
	finish_event();
}

/* Print who is in the way. */
static void
print_blockers(const PGresult *blockers, const PGresult *seen)
{
	json_print_key("blockers");
	watch_blockers_print(blockers, seen);
}

void
watch_events_waiting(int number, const PlanStep *step, const char *text,
					 const PGresult *blockers, const PGresult *seen)
{
	print_step("waiting", number, step);
	json_print_member("text", text);
	print_blockers(blockers, seen);
	finish_event();
}

/* Print how long it took, and what it did to others. */
static void
print_waiting(int64 milliseconds, const OthersWaited *others)
{
	json_print_number("milliseconds", milliseconds);
	json_print_number("sessions_waited", others->sessions);
	json_print_number("longest_wait_ms", others->longest);
}

/* Print an SQLSTATE, which is empty if it is not known. */
static void
print_sqlstate(const char *sqlstate)
{
	json_print_member("sqlstate", sqlstate[0] == '\0' ? NULL : sqlstate);
}

void
watch_events_again(int number, const PlanStep *step,
				   const OthersWaited *others, const char *sqlstate,
				   int64 milliseconds)
{
	print_step("again", number, step);
	print_waiting(milliseconds, others);
	print_sqlstate(sqlstate);
	finish_event();
}

/* Print how far a patch has come that is unfinished, or null. */
static void
print_unfinished(const UnfinishedPatch *patch)
{
	json_print_key("unfinished");
	if (patch == NULL)
		fputs("null", stdout);
	else
		printf("{\"part\": %d, \"parts\": %d, \"line\": %d}",
			   patch->done + 1, patch->parts, patch->line);
}

/* Print an error, with its line, if that is to be told. */
static void
print_error(const StepEnd *end)
{
	if (end->error == NULL)
		return;
	json_print_member("error", end->error);
	if (end->line > 0)
		json_print_number("line", end->line);
}

void
watch_events_step(int number, const PlanStep *step, const StepEnd *end,
				  int64 milliseconds)
{
	print_step(end->has_failed ? "failed" : "done", number, step);
	print_waiting(milliseconds, &end->others);
	if (end->has_failed)
	{
		if (end->at != NULL)
			json_print_member("failed_file", end->at->file->path);
		json_print_member("reason", end->reason);
		print_sqlstate(end->sqlstate);
		print_error(end);
		json_print_key("kept");
		fputs(!end->is_known ? "null" : end->is_kept ? "true" : "false",
			  stdout);
		print_unfinished(end->unfinished);
		print_blockers(end->blockers, end->seen);
	}
	finish_event();
}

void
watch_events_end(int done, int failed, int not_attempted,
				 int64 milliseconds)
{
	print_event("end");
	json_print_number("done", done);
	json_print_number("failed", failed);
	json_print_number("not_attempted", not_attempted);
	json_print_number("milliseconds", milliseconds);
	finish_event();
}
