/*-------------------------------------------------------------------------
 *
 * deploy_truth.c
 *		What is really in the database after something went wrong
 *
 * Only when the backend that has run a file is gone, it is certain that what
 * it did is rolled back or committed: so that is waited for, and made to
 * happen if need be.  Then the register tells.
 *
 * The connection may be lost, too, as when the server has crashed: it is made
 * anew, if the server comes back soon enough.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "deploy_truth.h"
#include "pqexpbuffer.h"

/* In milliseconds: how often to look, and for how long */
#define PAUSE 20
#define RECONNECT_WITHIN 10000
#define END_WITHIN 3000
#define TERMINATED_WITHIN 10000

static const char names_query[] = "SELECT patch_name FROM _v.patches";

/* The connection to ask. */
static PGconn *
connection(const TruthSource *source)
{
	return source->own != NULL ? source->own : source->given;
}

/*
 * Ask the server.  Returns NULL, without a message, if it does not answer as
 * it should.
 */
static PGresult *
ask(const TruthSource *source, const char *query, int count,
	const char *const *values)
{
	PGresult   *result = PQexecParams(connection(source), query, count, NULL,
									  values, NULL, NULL, 0);

	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return result;
	PQclear(result);
	return NULL;
}

/*
 * Note which names are registered, before anything is run.  Returns false
 * after a message.
 */
bool
deploy_truth_prepare(TruthSource *source, PGconn *conn)
{
	source->given = conn;
	source->own = NULL;
	source->before = connection_query(conn, names_query);
	return source->before != NULL;
}

/* Connect anew if the connection is lost.  Returns false if that fails. */
static bool
reconnect(TruthSource *source)
{
	int			waited;
	PGresult   *result;

	for (waited = 0; waited < RECONNECT_WITHIN; waited += 200)
	{
		PGconn	   *conn;

		result = ask(source, "SELECT 1", 0, NULL);
		PQclear(result);
		if (result != NULL)
			return true;

		conn = connection_reopen(source->given, NULL, "versioning");
		if (conn != NULL)
		{
			if (source->own != NULL)
				PQfinish(source->own);
			source->own = conn;
		}
		else
			pg_usleep(200 * 1000L);
	}
	return false;
}

/* Is the backend there?  One that is younger is another one. */
static bool
is_there(const TruthSource *source, const PsqlBackend *backend,
		 bool *is_known)
{
	char		pid[32];
	const char *values[2];
	PGresult   *result;
	bool		is_there;

	snprintf(pid, sizeof(pid), "%d", backend->pid);
	values[0] = pid;
	values[1] = backend->since;
	result = ask(source,
				 "SELECT FROM pg_catalog.pg_stat_activity "
				 "WHERE pid = $1::pg_catalog.int4 AND backend_start <= "
				 "pg_catalog.to_timestamp($2::pg_catalog.float8)",
				 2, values);
	*is_known = result != NULL;
	is_there = result != NULL && PQntuples(result) > 0;
	PQclear(result);
	return is_there;
}

/*
 * Wait until the backend is gone, for so many milliseconds.  Returns true if
 * it is, as far as the server answers.
 */
static bool
wait_for_end(const TruthSource *source, const PsqlBackend *backend,
			 int milliseconds)
{
	bool		is_known;

	while (is_there(source, backend, &is_known))
	{
		if (milliseconds <= 0)
			return false;
		pg_usleep(PAUSE * 1000L);
		milliseconds -= PAUSE;
	}
	return is_known;
}

/* See to it that the backend is gone.  Returns false if that fails. */
static bool
end_backend(const TruthSource *source, const PsqlBackend *backend)
{
	char		pid[32];
	const char *values[1];

	if (backend->pid == 0 || wait_for_end(source, backend, END_WITHIN))
		return true;
	snprintf(pid, sizeof(pid), "%d", backend->pid);
	values[0] = pid;
	PQclear(ask(source, "SELECT pg_catalog.pg_terminate_backend("
				"$1::pg_catalog.int4)", 1, values));
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

/*
 * Compare the register with what it was, and with what the steps so far
 * should have made of it.
 */
static void
compare_register(const TruthSource *source, const PGresult *now,
				 const PatchPlan *plan, int step, DeployTruth *truth)
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
		truth->registered +=
			name_table_find(are, plan->steps[step].names[j]) !=
			NAME_TABLE_NONE;
	append_missing(&truth->strangers, now, were, planned);
	append_missing(&truth->strangers, source->before, are, planned);

	name_table_free(were);
	name_table_free(are);
	name_table_free(planned);
}

/*
 * Find out what has come of a step of the plan, up to which all was done, and
 * see to it that the backend that has run it is gone.  The caller frees what
 * the truth holds.
 */
void
deploy_truth_find(TruthSource *source, const PsqlBackend *backend,
				  const PatchPlan *plan, int step, DeployTruth *truth)
{
	PGresult   *result;
	int			i;

	memset(truth, 0, sizeof(*truth));
	if (!reconnect(source))
		return;
	if (!end_backend(source, backend))
	{
		truth->is_running = true;
		return;
	}

	result = ask(source, names_query, 0, NULL);
	if (result == NULL)
		return;
	truth->is_known = true;
	compare_register(source, result, plan, step, truth);
	PQclear(result);

	result = ask(source,
				 "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) "
				 "FROM pg_catalog.pg_index i "
				 "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
				 "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
				 "WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1",
				 0, NULL);
	for (i = 0; result != NULL && i < PQntuples(result); i++)
		simple_string_list_append(&truth->invalid, PQgetvalue(result, i, 0));
	PQclear(result);
}

/* Free what the truth holds. */
void
deploy_truth_free(DeployTruth *truth)
{
	simple_string_list_destroy(&truth->strangers);
	simple_string_list_destroy(&truth->invalid);
}

/* Free what the source holds. */
void
deploy_truth_finish(TruthSource *source)
{
	if (source->own != NULL)
		PQfinish(source->own);
	PQclear(source->before);
}
