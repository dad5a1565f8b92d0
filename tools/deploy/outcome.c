/*-------------------------------------------------------------------------
 *
 * deploy/outcome.c
 *		What is really in the database after something went wrong
 *
 * Only when the backend that has run a file is gone, it is certain that what
 * it did is rolled back or committed: so that is waited for, and made to
 * happen if need be.  Then the register tells.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/interruption.h"
#include "deploy/outcome.h"

static const char terminate_backend[] =
"SELECT pg_catalog.pg_terminate_backend($1::pg_catalog.int4)";

static const char invalid_indexes[] =
"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)"
" FROM pg_catalog.pg_index i"
" JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
" WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1";

/* In milliseconds: how often to look, and for how long */
#define PAUSE 20
#define END_WITHIN 3000
#define TERMINATED_WITHIN 10000

/* The same since we were asked to stop: when to give up */
#define WAIT_WHEN_STOPPING 6000

typedef enum Presence
{
	THERE, GONE, UNKNOWN
} Presence;

/* Is the backend there?  One that is younger is another one. */
static Presence
find_backend(const Observer *source, const Backend *backend)
{
	char		pid[32];
	const char *values[2];
	PGresult   *result;
	Presence	presence = UNKNOWN;

	snprintf(pid, sizeof(pid), "%d", backend->pid);
	values[0] = pid;
	values[1] = backend->since;
	result = watch_observer_query(source,
								  "SELECT FROM pg_catalog.pg_stat_get_activity"
								  "($1::pg_catalog.int4) "
								  "WHERE backend_start <= "
								  "pg_catalog.to_timestamp("
								  "$2::pg_catalog.float8)",
								  2, values);
	if (result != NULL)
		presence = PQntuples(result) > 0 ? THERE : GONE;
	PQclear(result);
	return presence;
}

/*
 * Wait until the backend is gone, for so many milliseconds.  Returns true if
 * it is.  As long as it holds all the locks that the server has room for, that
 * can answer nothing.
 */
static bool
wait_for_end(const Observer *source, const Backend *backend,
			 int milliseconds)
{
	Presence	presence;

	while ((presence = find_backend(source, backend)) != GONE)
	{
		if (presence == UNKNOWN && !watch_observer_is_connected(source))
			return false;
		if (milliseconds <= 0 || interruption_age() > WAIT_WHEN_STOPPING)
			return false;
		pg_usleep(PAUSE * 1000L);
		milliseconds -= PAUSE;
	}
	return true;
}

/*
 * See to it that the backend is gone, at once if we are asked to stop.
 * Returns false if that fails.
 */
static bool
end_backend(const Observer *source, const Backend *backend)
{
	char		pid[32];
	const char *values[1];

	if (backend->pid == 0 ||
		wait_for_end(source, backend,
					 interruption_count() > 0 ? 0 : END_WITHIN))
		return true;
	snprintf(pid, sizeof(pid), "%d", backend->pid);
	values[0] = pid;
	PQclear(watch_observer_query(source, terminate_backend, 1, values));
	return wait_for_end(source, backend, TERMINATED_WITHIN);
}

/* The names that a query returns, as a table of the caller's. */
static NameTable *
make_table(const PGresult *result)
{
	NameTable  *table = name_table_create(PQntuples(result));
	int			i;

	for (i = 0; i < PQntuples(result); i++)
		name_table_add(table, PQgetvalue(result, i, 0));
	return table;
}

/* Append the names of one result that are in none of the tables. */
static void
append_missing(SimpleStringList *list, const PGresult *result,
			   NameTable *other, NameTable *planned)
{
	int			i;

	for (i = 0; i < PQntuples(result); i++)
	{
		const char *name = PQgetvalue(result, i, 0);

		if (name_table_find(other, name) == NAME_TABLE_NONE &&
			name_table_find(planned, name) == NAME_TABLE_NONE)
			simple_string_list_append(list, name);
	}
}

/* Is a name of a step not one of those before it? */
static bool
is_first(const PlanStep *step, int number)
{
	int			i;

	for (i = 0; i < number; i++)
		if (strcmp(step->names[i], step->names[number]) == 0)
			return false;
	return true;
}

int
deploy_outcome_count_names(const PlanStep *step)
{
	int			count = 0;
	int			i;

	for (i = 0; i < step->name_count; i++)
		count += is_first(step, i);
	return count;
}

/*
 * Compare the register with what it was, and with what the steps so far
 * should have made of it.
 */
static void
compare_register(const Observer *source, const PGresult *now,
				 const PatchPlan *plan, int step, Outcome *outcome)
{
	NameTable  *were = make_table(source->before);
	NameTable  *are = make_table(now);
	NameTable  *planned = name_table_create(plan->count);
	int			i;
	int			j;

	for (i = 0; i <= step; i++)
		for (j = 0; j < plan->steps[i].name_count; j++)
			name_table_add(planned, plan->steps[i].names[j]);

	for (j = 0; j < plan->steps[step].name_count; j++)
		outcome->registered +=
			name_table_find(are, plan->steps[step].names[j]) !=
			NAME_TABLE_NONE &&
			is_first(&plan->steps[step], j);
	append_missing(&outcome->unplanned, now, were, planned);
	append_missing(&outcome->unplanned, source->before, are, planned);

	name_table_free(were);
	name_table_free(are);
	name_table_free(planned);
}

/* Find out how far the file of a step has come, if that is noted. */
static void
find_progress(Observer *source, const PlanStep *step, Outcome *outcome)
{
	int			row;
	int			i;

	if (step->parts == NULL)
		return;
	outcome->progress = watch_observer_query(source, unfinished_query, 0,
											 NULL);
	for (row = 0; row < PQntuples(outcome->progress); row++)
		for (i = 0; i < step->name_count; i++)
			if (strcmp(PQgetvalue(outcome->progress, row, 0),
					   step->names[i]) == 0)
				unfinished_read_row(&outcome->unfinished, outcome->progress,
									row);
}

void
deploy_outcome_find(Observer *source, const Backend *backend,
					const PatchPlan *plan, int step, Outcome *outcome)
{
	PGresult   *result;
	int			i;

	memset(outcome, 0, sizeof(*outcome));
	if (!watch_observer_reconnect(source))
		return;
	if (!end_backend(source, backend))
	{
		outcome->is_running = find_backend(source, backend) == THERE;
		return;
	}

	result = watch_observer_names(source);
	outcome->is_unreadable = result == NULL;
	if (result == NULL)
		return;
	outcome->is_known = true;
	compare_register(source, result, plan, step, outcome);
	PQclear(result);
	find_progress(source, &plan->steps[step], outcome);

	result = watch_observer_query(source, invalid_indexes, 0, NULL);
	for (i = 0; result != NULL && i < PQntuples(result); i++)
		simple_string_list_append(&outcome->invalid, PQgetvalue(result, i, 0));
	PQclear(result);
}

void
deploy_outcome_free(Outcome *outcome)
{
	simple_string_list_destroy(&outcome->unplanned);
	simple_string_list_destroy(&outcome->invalid);
	PQclear(outcome->progress);
}
