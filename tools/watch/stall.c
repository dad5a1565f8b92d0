/*-------------------------------------------------------------------------
 *
 * watch/stall.c
 *		Which line of a file has taken the lock that others wait for
 *
 * Nothing tells which statement has taken a lock.  But each look sees which
 * statement runs, and which locks are there.  So a lock was taken by one of
 * the statements from that which ran in the last look without it up to that
 * which ran in the first look with it; as a rule that is one, or only one of
 * these names the relation.
 *
 * A file that psql runs may run other statements than it has, with variables
 * or from other files.  There the one that ran in the first look with the lock
 * is told.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/name_table.h"
#include "base/report.h"
#include "psql/query.h"
#include "sql/lexer.h"
#include "watch/stall.h"

/* The server may tell as little as this of a statement */
#define LEAST_TOLD 99

/* How much of a statement is shown */
#define MOST_SHOWN 60

/* The modes of locks, the strongest first */
static const char *const modes[] = {
	"AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock",
	"ShareLock", "ShareUpdateExclusiveLock", "RowExclusiveLock",
	"RowShareLock", "AccessShareLock"
};

/* Where a lock was taken: the first and the last query that may have */
typedef struct LockPlace
{
	int			from;
	int			to;
	char	   *text;			/* of the statement in the first look */
	bool		is_found;		/* it is that last one */
	bool		is_only;		/* it ran in the look before, too */
} LockPlace;

struct StallWatch
{
	const PlanStep *step;
	int			before;			/* the query that ran in the last look */
	int			now;			/* the one that runs */
	char	   *text;			/* of the statement that runs */
	bool		is_found;		/* it is one of the file's */
	bool		is_same;		/* it ran in the last look, too */
	NameTable  *locks;			/* relations with modes */
	LockPlace  *places;			/* in the order of their numbers */
	int			count;
};

StallWatch *
watch_stall_begin(const PlanStep *step)
{
	StallWatch *watch = pg_malloc0(sizeof(StallWatch));

	watch->step = step;
	watch->text = pg_strdup("");
	watch->locks = name_table_create(16);
	return watch;
}

/* Is this the beginning of a query, as it was sent? */
static bool
is_query(const StallWatch *watch, int number, const char *text)
{
	const OutlineQuery *query = &watch->step->outline->queries[number];
	size_t		length = strlen(text);
	PQExpBufferData sent;
	bool		result;

	initPQExpBuffer(&sent);
	psql_query_append(&sent, watch->step->file->bytes.text + query->start,
					  query->length);
	result = strncmp(sent.data, text, length) == 0 &&
		(sent.len == length || length >= LEAST_TOLD);
	termPQExpBuffer(&sent);
	return result;
}

void
watch_stall_statement(StallWatch *watch, const char *text)
{
	int			i;

	watch->before = watch->now;
	watch->is_same = strcmp(text, watch->text) == 0;
	if (watch->is_same)
		return;
	pg_free(watch->text);
	watch->text = pg_strdup(text);
	for (i = watch->now; i < watch->step->outline->query_count; i++)
		if (is_query(watch, i, text))
			break;
	watch->is_found = i < watch->step->outline->query_count;
	if (watch->is_found)
		watch->now = i;
}

/*
 * Between two looks: the queries from one to the other.  If it is none of them
 * that runs, it is what we have put after them, or before.
 */
static LockPlace
current_place(const StallWatch *watch, int from)
{
	LockPlace	place;

	place.from = from;
	place.to = watch->is_found ? watch->now :
		watch->step->outline->query_count - 1;
	place.text = watch->text;
	place.is_found = watch->is_found;
	place.is_only = watch->is_same;
	return place;
}

void
watch_stall_lock(StallWatch *watch, const char *relation, const char *mode)
{
	char	   *name = psprintf("%s %s", relation, mode);
	LockPlace  *place;

	if (name_table_add(watch->locks, name) == watch->count)
	{
		ARRAY_MAKE_ROOM(watch->places, watch->count);
		place = &watch->places[watch->count++];
		*place = current_place(watch, watch->before);
		place->text = pg_strdup(watch->text);
	}
	pg_free(name);
}

/* Is this token the name? */
static bool
is_name(const SqlToken *token, const char *name)
{
	size_t		length = strlen(name);
	size_t		i;

	if (token->kind != SQL_IDENTIFIER)
		return false;
	if (token->spelling != SQL_BARE)
		return token->length == length + 2 &&
			memcmp(token->start + 1, name, length) == 0;
	for (i = 0; i < length && i < token->length; i++)
		if (sql_lexer_fold(token->start[i]) != name[i])
			return false;
	return token->length == length;
}

/*
 * Where the name is in this text, or in the body of a function or DO in it;
 * NULL: nowhere.
 */
static const char *
find_name(const char *text, size_t length, const char *name)
{
	SqlLexer	lexer;
	SqlToken	token;

	sql_lexer_init(&lexer, text, length);
	do
	{
		sql_lexer_next(&lexer, &token);
		if (is_name(&token, name))
			return token.start;
		if (token.kind == SQL_STRING && token.spelling == SQL_DOLLAR &&
			token.length > 4)
		{
			const char *found = find_name(token.start + 2, token.length - 4,
										  name);

			if (found != NULL)
				return found;
		}
	} while (token.kind != SQL_END && token.kind != SQL_UNTERMINATED);
	return NULL;
}

/* The line of the file that this place in its text is in. */
static int
find_line(const StallWatch *watch, const char *place)
{
	const char *p;
	int			line = 1;

	for (p = watch->step->file->bytes.text; p < place; p++)
		line += *p == '\n';
	return line;
}

/* The line in which a query begins. */
static int
first_line(const StallWatch *watch, int number)
{
	const OutlineQuery *query = &watch->step->outline->queries[number];
	SqlLexer	lexer;
	SqlToken	token;

	sql_lexer_init(&lexer, watch->step->file->bytes.text + query->start,
				   query->length);
	sql_lexer_next(&lexer, &token);
	return find_line(watch, token.start);
}

/* The lines of what may have taken a lock. */
static char *
describe_lines(const StallWatch *watch, const LockPlace *place,
			   const char *name)
{
	const OutlineQuery *queries = watch->step->outline->queries;
	int			i;

	for (i = place->from; i <= place->to; i++)
	{
		const char *found =
			find_name(watch->step->file->bytes.text + queries[i].start,
					  queries[i].length, name);

		if (found != NULL)
			return psprintf("line %d", find_line(watch, found));
	}
	if (place->from == place->to)
		return psprintf("line %d", first_line(watch, place->to));
	return psprintf("a statement from line %d to %d",
					first_line(watch, place->from), queries[place->to].line);
}

/* The statement that may have taken a lock, as far as it is shown. */
static char *
describe_statement(const LockPlace *place)
{
	const char *text = place->text;
	int			length;

	while (sql_lexer_is_space(*text))
		text++;
	length = (int) strcspn(text, "\n");
	return psprintf("statement \"%.*s\"%s", Min(length, MOST_SHOWN),
					report_printable(text),
					place->is_only ? "" : ", or one before it");
}

/* The place of the strongest lock on a relation, or NULL. */
static const LockPlace *
find_strongest(const StallWatch *watch, const char *relation)
{
	int			number = NAME_TABLE_NONE;
	size_t		i;

	for (i = 0; i < lengthof(modes) && number == NAME_TABLE_NONE; i++)
	{
		char	   *name = psprintf("%s %s", relation, modes[i]);

		number = name_table_find(watch->locks, name);
		pg_free(name);
	}
	return number == NAME_TABLE_NONE ? NULL : &watch->places[number];
}

char *
watch_stall_place(StallWatch *watch, const char *relation, const char *name)
{
	const ScriptOutline *outline = watch->step->outline;
	const LockPlace current = current_place(watch, watch->now);
	const LockPlace *place = find_strongest(watch, relation);

	if (place == NULL)
		place = &current;
	if (outline->query_count == 0 ||
		(outline->needs_psql && !place->is_found))
		return describe_statement(place);
	return describe_lines(watch, place, name);
}

void
watch_stall_free(StallWatch *watch)
{
	int			i;

	for (i = 0; i < watch->count; i++)
		pg_free(watch->places[i].text);
	pg_free(watch->places);
	name_table_free(watch->locks);
	pg_free(watch->text);
	pg_free(watch);
}
