/*-------------------------------------------------------------------------
 *
 * interleave.c
 *		Time the same calls on several sessions, a batch at a time in turn.
 *
 * usage: interleave [--commit | --fresh] CALLS PARAMETERS
 *			NAME CONNINFO SHARE STATEMENT ...
 *
 * Each four arguments are a lane: its name, where to connect, and a statement
 * with parameters $1 and $2.  PARAMETERS is a file that has the two values of
 * one call on each line, a tab between them; a statement may do without $2.
 *
 * Each lane connects, begins a transaction and prepares its statement.  Then
 * the first lane makes its first CALLS calls, the second one its own first
 * CALLS calls, and so on; then the first lane makes the next ones.  So
 * whatever else the machine does meanwhile hits all of them alike.  The first
 * half of a batch is not timed: it brings back what the other lanes have
 * pushed out of the processor's caches.  A lane whose calls take long may make
 * fewer of each batch: one in SHARE, but two at least.  At the end it rolls
 * back, or commits with --commit.
 *
 * With --fresh each call has a connection of its own, and is the first
 * statement on it, in the simple protocol, with the values in its text.
 * Connecting is not timed.
 *
 * Prints for each batch of each lane its name, a tab, and the microseconds
 * that one call took.
 *
 *-------------------------------------------------------------------------
 */
#define _GNU_SOURCE				/* sched_getcpu(), where there is one */

#include <libpq-fe.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

/* The values of one call */
typedef struct Call
{
	const char *values[2];
} Call;

/* What is compared with the others */
typedef struct Lane
{
	const char *name;
	const char *conninfo;
	int			share;			/* makes one in so many of the calls */
	const char *statement;
	int			nparams;
	PGconn	   *connection;
} Lane;

/* Say what went wrong, and exit. */
static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "interleave: %s: %s\n", what, why);
	exit(1);
}

/* Memory for "count" things; never NULL. */
static void *
allocate(size_t count, size_t size)
{
	void	   *memory = calloc(count, size);

	if (memory == NULL)
		fail("calloc", "out of memory");
	return memory;
}

/* The time now, in microseconds. */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* The whole of a file, as a string that stays to the end. */
static char *
read_file(const char *path)
{
	FILE	   *file = fopen(path, "r");
	char	   *text;
	long		size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
		(size = ftell(file)) < 0)
	{
		perror(path);
		exit(1);
	}
	rewind(file);
	text = allocate(size + 1, 1);
	if (fread(text, 1, size, file) != (size_t) size)
		fail(path, "cannot read it");
	fclose(file);
	return text;
}

/* Read the calls, one a line; their number goes to *count. */
static Call *
read_calls(const char *path, int *count)
{
	char	   *text = read_file(path);
	Call	   *calls;
	char	   *line;
	char	   *p;

	*count = 0;
	for (p = text; *p != '\0'; p++)
		*count += *p == '\n';
	calls = allocate(*count, sizeof(Call));

	*count = 0;
	for (line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
	{
		char	   *tab = strchr(line, '\t');

		if (tab == NULL)
			fail(path, "a line has no tab");
		*tab = '\0';
		calls[*count].values[0] = line;
		calls[*count].values[1] = tab + 1;
		(*count)++;
	}
	return calls;
}

/*
 * Keep a process, or with 0 this program, on the processor that this program
 * is on.  While it waits for a session, that session runs, so they do not need
 * two; on two, much of what is measured would be how long it takes to wake up
 * the other one, by chance more or less.  Does nothing where that cannot be
 * had.
 */
static void
stay_on_one_processor(int pid)
{
#ifdef CPU_SET
	cpu_set_t	set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	(void) sched_setaffinity(pid, sizeof(set), &set);
#else
	(void) pid;
#endif
}

/* Connect a lane. */
static void
connect_lane(Lane *lane)
{
	lane->connection = PQconnectdb(lane->conninfo);
	if (PQstatus(lane->connection) != CONNECTION_OK)
		fail(lane->name, PQerrorMessage(lane->connection));
	stay_on_one_processor(PQbackendPID(lane->connection));
}

/* Make sure that the server has done what it was asked to. */
static void
check_result(Lane *lane, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail(lane->name, PQerrorMessage(lane->connection));
	PQclear(result);
}

static void
execute(Lane *lane, const char *statement)
{
	check_result(lane, PQexec(lane->connection, statement));
}

/* Make some calls of the prepared statement, and print what one took. */
static void
run_batch(Lane *lane, const Call *calls, int count)
{
	double		start = 0;
	int			untimed;
	int			i;

	count = count / lane->share > 2 ? count / lane->share : 2;
	untimed = count / 2;
	for (i = 0; i < count; i++)
	{
		if (i == untimed)
			start = now();
		check_result(lane, PQexecPrepared(lane->connection, "call",
										  lane->nparams, calls[i].values,
										  NULL, NULL, 0));
	}
	printf("%s\t%.3f\n", lane->name, (now() - start) / (count - untimed));
}

/* The statement with the values in place of its parameters; to be freed. */
static char *
with_values(Lane *lane, const Call *call)
{
	const char *p = lane->statement;
	char	   *text = allocate(strlen(p) + 2 * strlen(call->values[0]) +
								2 * strlen(call->values[1]) + 10, 1);
	char	   *out = text;

	while (*p != '\0')
	{
		if (*p == '$')
		{
			const char *value = call->values[p[1] - '1'];
			char	   *literal = PQescapeLiteral(lane->connection, value,
												  strlen(value));

			out = stpcpy(out, literal);
			PQfreemem(literal);
			p += 2;
		}
		else
			*out++ = *p++;
	}
	*out = '\0';
	return text;
}

/* Make one call on a connection of its own, and print what it took. */
static void
run_fresh(Lane *lane, const Call *call)
{
	char	   *statement;
	double		start;

	connect_lane(lane);
	statement = with_values(lane, call);
	start = now();
	execute(lane, statement);
	printf("%s\t%.3f\n", lane->name, now() - start);
	PQfinish(lane->connection);
	free(statement);
}

/* Get a lane ready to make its calls, in one transaction. */
static void
begin_lane(Lane *lane)
{
	connect_lane(lane);
	execute(lane, "BEGIN");
	check_result(lane, PQprepare(lane->connection, "call", lane->statement,
								 lane->nparams, NULL));
}

int
main(int argc, char **argv)
{
	bool		commit = argc > 1 && strcmp(argv[1], "--commit") == 0;
	bool		fresh = argc > 1 && strcmp(argv[1], "--fresh") == 0;
	int			batch;
	Call	   *calls;
	int			ncalls;
	Lane	   *lanes;
	int			nlanes;
	int			first;
	int			i;

	argv += 1 + (commit || fresh);
	argc -= 1 + (commit || fresh);
	if (argc < 6 || (argc - 2) % 4 != 0)
		fail("usage", "[--commit | --fresh] CALLS PARAMETERS "
			 "NAME CONNINFO SHARE STATEMENT ...");
	batch = atoi(argv[0]);
	if (batch < 2 && !fresh)
		fail(argv[0], "not a number of calls");
	calls = read_calls(argv[1], &ncalls);
	stay_on_one_processor(0);

	nlanes = (argc - 2) / 4;
	lanes = allocate(nlanes, sizeof(Lane));
	for (i = 0; i < nlanes; i++)
	{
		lanes[i].name = argv[2 + 4 * i];
		lanes[i].conninfo = argv[3 + 4 * i];
		lanes[i].share = atoi(argv[4 + 4 * i]);
		lanes[i].statement = argv[5 + 4 * i];
		lanes[i].nparams = strstr(lanes[i].statement, "$2") != NULL ? 2 : 1;
		if (!fresh)
			begin_lane(&lanes[i]);
	}

	if (fresh)
		batch = 1;
	for (first = 0; first + batch <= ncalls; first += batch)
		for (i = 0; i < nlanes; i++)
		{
			if (fresh)
				run_fresh(&lanes[i], &calls[first]);
			else
				run_batch(&lanes[i], &calls[first], batch);
		}

	if (!fresh)
		for (i = 0; i < nlanes; i++)
		{
			execute(&lanes[i], commit ? "COMMIT" : "ROLLBACK");
			PQfinish(lanes[i].connection);
		}
	return 0;
}
