/*-------------------------------------------------------------------------
 *
 * database/register.c
 *		The rows of _v.patches
 *
 * The table is read as a whole, with one query, from this extension's
 * register or from one that was made by a script: the columns are the same.
 *
 * Only this extension's has a history beside it.  That tells in which order
 * the patches were registered, where applied_tsz is the time at which their
 * transactions began; and it may tell what was in the files.  What history
 * does not know was there before it.
 *
 * The answer may be waited for while the caller reads files.  It may be so
 * long that the server waits for us to take it: so there is no limit to how
 * long its queries take, whatever statement_timeout is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/report.h"
#include "database/connection.h"
#include "database/register.h"
#include "pqexpbuffer.h"

/* The columns of the result */
enum
{
	NAME, APPLIED_AT, APPLIED_BY, REQUIRES, CONFLICTS, SHA256
};

/* What an array may have that a list of names has not, each a bit */
static const char *const flaws[] = {
	"several dimensions", "NULLs", "empty names"
};
enum
{
	SEVERAL_DIMENSIONS, NULLS, EMPTY_NAMES
};

/*
 * Patches of one transaction have one time: then their rows' places count.  A
 * patch that was taken back and applied again has several rows of history.
 * What was accepted since is the file, which is no new registration.
 */
#define QUERY(sha256, history, order) \
	"SELECT p.patch_name," \
	" pg_catalog.to_char(applied_tsz," \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')," \
	" applied_by, p.requires, p.conflicts, " sha256 \
	" FROM _v.patches AS p" history " ORDER BY " order "applied_tsz, p.ctid"

/* The last rows of history of all patches with one of these events */
#define LAST_ROWS(events) \
	"(SELECT DISTINCT ON (patch_name COLLATE pg_catalog.\"C\")" \
	" patch_name, id, source_sha256 FROM _v.history" \
	" WHERE event IN (" events ")" \
	" ORDER BY patch_name COLLATE pg_catalog.\"C\", id DESC)"

static const char query[] = QUERY("NULL", "", "");
static const char query_with_history[] =
QUERY("coalesce(a.source_sha256, h.source_sha256)",
	  " LEFT JOIN "
	  LAST_ROWS("'applied', 'resumed', 'adopted', 'marked'") " AS h"
	  " ON h.patch_name = p.patch_name"
	  " LEFT JOIN " LAST_ROWS("'accepted'") " AS a"
	  " ON a.patch_name = p.patch_name AND (a.id > h.id OR h.id IS NULL)",
	  "h.id NULLS FIRST, ");

static const char undefined_table[] = "42P01";

/*
 * The questions, which are asked at once: are there functions that are not the
 * extension's, which patches are there, may there be sessions that are in one,
 * which are unfinished?  What was registered after the answer to one of the
 * next two questions, but before the second, would seem to be applied: so that
 * one comes first.  The last two, of which one is about jobs, are asked where
 * there are notes of such things.
 */
enum
{
	FOREIGN, PATCHES, SESSIONS, UNFINISHED, JOBS
};

/* What has been answered so far */
typedef struct Answers
{
	int			count;
	bool		is_yes[UNFINISHED];
} Answers;

/* Copy an element of an array; returns where it ends. */
static const char *
read_element(const char *p, char *out)
{
	bool		is_quoted = *p == '"';

	for (p += is_quoted; *p != '\0'; p++)
	{
		if (is_quoted ? *p == '"' : *p == ',' || *p == '}')
			break;
		if (*p == '\\' && p[1] != '\0')
			p++;
		*out++ = *p;
	}
	*out = '\0';
	return *p == '"' ? p + 1 : p;
}

/*
 * Take an array apart, given as the server prints it.  Somebody may have
 * written into the table what the functions refuse, or do not store so: of an
 * array that is no list of names, the names count.  Returns its flaws.
 */
static int
read_names(const char *text, SimpleStringList *names)
{
	const char *p = text[0] == '[' ? strchr(text, '=') + 1 : text;
	const char *first = p;
	char	   *name;
	int			found = 0;

	if (strcmp(text, "{}") == 0)
		return 0;
	name = pg_malloc(strlen(text) + 1);
	while (*p != '\0')
	{
		const char *element = p;

		if (*p == '{' && p > first)
			found |= 1 << SEVERAL_DIMENSIONS;
		if (*p == '{' || *p == ',' || *p == '}')
		{
			p++;
			continue;
		}
		p = read_element(p, name);
		if (name[0] == '\0')
			found |= 1 << EMPTY_NAMES;
		else if (*element != '"' && strcmp(name, "NULL") == 0)
			found |= 1 << NULLS;
		else
			simple_string_list_append(names, name);
	}
	pg_free(name);
	return found;
}

/* Say what is wrong with an array, if anything is. */
static void
add_flaws(Register *reg, const AppliedPatch *patch,
		  const char *column, int found)
{
	PQExpBufferData text;
	size_t		i;

	if (found == 0)
		return;
	initPQExpBuffer(&text);
	for (i = 0; i < lengthof(flaws); i++)
		if (found & (1 << i))
			appendPQExpBuffer(&text, "%s%s", text.len > 0 ? ", " : "",
							  flaws[i]);
	problem_add(&reg->problems, PROBLEM_WARNING, NULL, 0,
				"\"%s\" of patch \"%s\" in _v.patches has %s: only the "
				"names in it count", column, patch->name, text.data);
	termPQExpBuffer(&text);
}

/* Add a patch from its row. */
static void
add_patch(Register *reg, int row)
{
	const PGresult *result = reg->result;
	AppliedPatch *patch = &reg->patches[reg->count];

	patch->name = PQgetvalue(result, row, NAME);
	if (patch->name[0] == '\0')
	{
		problem_add(&reg->problems, PROBLEM_WARNING, NULL, 0,
					"a patch in _v.patches has an empty name: it is left "
					"out");
		return;
	}
	patch->applied_at = PQgetvalue(result, row, APPLIED_AT);
	patch->applied_by = PQgetvalue(result, row, APPLIED_BY);
	patch->sha256 = PQgetvalue(result, row, SHA256);
	add_flaws(reg, patch, "requires",
			  read_names(PQgetvalue(result, row, REQUIRES),
						 &patch->requirements));
	add_flaws(reg, patch, "conflicts",
			  read_names(PQgetvalue(result, row, CONFLICTS),
						 &patch->conflicts));

	name_table_add(reg->table, patch->name);
	reg->count++;
}

/* Say why there is no register to read. */
static void
report_failure(PGconn *conn, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state == NULL || strcmp(state, undefined_table) != 0)
	{
		report_server_message(PQresultErrorMessage(result));
		return;
	}
	connection_report_missing(conn, "register of patches");
}

/* Fill in the patches from their rows. */
static void
add_patches(Register *reg, PGresult *result)
{
	int			i;

	reg->result = result;
	reg->table = name_table_create(Max(64, PQntuples(result)));
	reg->patches = pg_malloc0((PQntuples(result) + 1) *
							  sizeof(AppliedPatch));
	for (i = 0; i < PQntuples(result); i++)
		add_patch(reg, i);
}

/* Know which patches are unfinished, and note it of those that are there. */
static void
add_unfinished(Register *reg, PGresult *result)
{
	int			i;

	unfinished_take(&reg->unfinished, result);
	for (i = 0; i < reg->unfinished.count; i++)
	{
		const UnfinishedPatch *patch = &reg->unfinished.patches[i];
		int			number = name_table_find(reg->table, patch->name);

		if (number != NAME_TABLE_NONE)
			reg->patches[number].unfinished = patch;
	}
}

/* Take an answer.  Returns false after a message if it is an error. */
static bool
take_answer(Register *reg, PGconn *conn, PGresult *result, Answers *answers)
{
	bool		is_rows = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (is_rows && answers->count == PATCHES)
		add_patches(reg, result);
	else if (is_rows && answers->count == UNFINISHED)
		add_unfinished(reg, result);
	else if (is_rows && answers->count == JOBS)
		jobs_take(&reg->jobs, result);
	else if (is_rows)
		answers->is_yes[answers->count] = PQgetvalue(result, 0, 0)[0] == 't';
	else if (PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		report_failure(conn, result);
		PQclear(result);
		return false;
	}
	answers->count += is_rows;
	if (result != reg->result && result != reg->unfinished.result &&
		result != reg->jobs.result)
		PQclear(result);
	return true;
}

Register *
register_ask(PGconn *conn)
{
	Register   *reg = pg_malloc0(sizeof(Register));
	PQExpBufferData queries;

	if (!register_survey_begin(conn, &reg->survey))
	{
		register_free(reg);
		return NULL;
	}
	initPQExpBuffer(&queries);
	printfPQExpBuffer(&queries, "SET LOCAL statement_timeout = 0;"
					  " %s; %s; %s; %s; %s",
					  register_survey_query, reg->survey.has_history ?
					  query_with_history : query, reg->survey.has_progress ?
					  "SELECT " IN_PROGRESS_IS_POSSIBLE : "SELECT false",
					  reg->survey.may_be_unfinished ? unfinished_query :
					  "SELECT WHERE false",
					  reg->survey.has_jobs ? jobs_query : "");
	if (!PQsendQuery(conn, queries.data))
	{
		report_server_message(PQerrorMessage(conn));
		register_free(reg);
		reg = NULL;
	}
	termPQExpBuffer(&queries);
	return reg;
}

Register *
register_receive(Register *reg, PGconn *conn)
{
	Answers		answers = {0};
	PGresult   *result;
	bool		is_read = reg != NULL;

	while (reg != NULL && (result = PQgetResult(conn)) != NULL)
		is_read &= take_answer(reg, conn, result, &answers);
	if (is_read &&
		(!answers.is_yes[FOREIGN] ||
		 register_survey_finish(conn, &reg->survey)) &&
		(!answers.is_yes[SESSIONS] || in_progress_read(conn, &reg->progress)))
		return reg;
	if (reg != NULL)
		register_free(reg);
	return NULL;
}

Register *
register_read(PGconn *conn)
{
	return register_receive(register_ask(conn), conn);
}

const AppliedPatch *
register_find_row(const Register *reg, const char *name)
{
	int			number = name_table_find(reg->table, name);

	return number == NAME_TABLE_NONE ? NULL : &reg->patches[number];
}

const AppliedPatch *
register_find(const Register *reg, const char *name)
{
	const AppliedPatch *patch = register_find_row(reg, name);

	return patch == NULL || patch->unfinished != NULL ? NULL : patch;
}

void
register_free(Register *reg)
{
	int			i;

	for (i = 0; i < reg->count; i++)
	{
		simple_string_list_destroy(&reg->patches[i].requirements);
		simple_string_list_destroy(&reg->patches[i].conflicts);
	}
	pg_free(reg->patches);
	if (reg->table != NULL)
		name_table_free(reg->table);
	problem_free(&reg->problems);
	register_survey_free(&reg->survey);
	in_progress_free(&reg->progress);
	unfinished_free(&reg->unfinished);
	jobs_free(&reg->jobs);
	PQclear(reg->result);
	pg_free(reg);
}
