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
	json_begin_object("event", event);
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
		if (i > 0)
			fputs(", ", stdout);
		json_begin_object("file", plan->waits[i].file->path);
		json_print_member("text", plan->waits[i].reason);
		putchar('}');
	}
	putchar(']');
}

void
watch_events_plan(const char *action, const PatchPlan *plan)
{
	int			i;

	json_begin_object("event", "plan");
	json_print_member("action", action);
	json_print_key("steps");
	putchar('[');
	for (i = 0; i < plan->count; i++)
	{
		printf("%s{\"number\": %d", i > 0 ? ", " : "", i + 1);
		print_patches(&plan->steps[i]);
		print_line(&plan->steps[i]);
		if (plan->steps[i].jobs.head != NULL)
			json_print_list("jobs", &plan->steps[i].jobs);
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

void
watch_events_again(int number, const PlanStep *step,
				   const OthersWaited *others, const char *sqlstate,
				   int64 milliseconds)
{
	print_step("again", number, step);
	print_waiting(milliseconds, others);
	json_print_text("sqlstate", sqlstate);
	finish_event();
}

/* Print how far a patch has come that is unfinished, or null. */
static void
print_unfinished(const UnfinishedPatch *patch)
{
	if (patch == NULL)
	{
		json_print_member("unfinished", NULL);
		return;
	}
	json_print_key("unfinished");
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
		json_print_text("sqlstate", end->sqlstate);
		print_error(end);
		if (end->is_known)
			json_print_boolean("kept", end->is_kept);
		else
			json_print_member("kept", NULL);
		print_unfinished(end->unfinished);
		print_blockers(end->blockers, end->seen);
	}
	finish_event();
}

void
watch_events_end(int done, int failed, int not_attempted,
				 int64 milliseconds)
{
	json_begin_object("event", "end");
	json_print_number("done", done);
	json_print_number("failed", failed);
	json_print_number("not_attempted", not_attempted);
	json_print_number("milliseconds", milliseconds);
	finish_event();
}
