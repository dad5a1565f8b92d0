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
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/fe_compat.h"
#include "base/report.h"
#include "database/connection.h"
#include "database/register.h"
#include "fe_utils/string_utils.h"

/*
 * Somebody may have written into the table what the functions refuse, or do
 * not store so: of an array that is no list of names, the names count.  Arrays
 * are looked into one by one only if they are such, for that takes long.
 */
#define IS_LIST(column) \
	"CASE WHEN pg_catalog.array_ndims(" column ") > 1" \
	" OR pg_catalog.array_lower(" column ", 1) <> 1 THEN false" \
	" ELSE pg_catalog.array_position(" column ", NULL) IS NULL" \
	" AND ('' = ANY (" column ")) IS NOT TRUE END"
#define NAMES(column) \
	"CASE WHEN " IS_LIST(column) " THEN coalesce(" column ", '{}') ELSE" \
	" ARRAY(SELECT n FROM pg_catalog.unnest(" column ") AS n WHERE n <> '')" \
	" END"
#define FLAWS(column) \
	"CASE WHEN " IS_LIST(column) " THEN '' ELSE pg_catalog.concat_ws(', '," \
	" CASE WHEN pg_catalog.array_ndims(" column ") > 1" \
	" THEN 'several dimensions' END," \
	" CASE WHEN EXISTS (SELECT FROM pg_catalog.unnest(" column ") AS n" \
	" WHERE n IS NULL) THEN 'NULLs' END," \
	" CASE WHEN '' = ANY (" column ") THEN 'empty names' END) END"

/* The columns of the result */
enum
{
	NAME, APPLIED_AT, APPLIED_BY, REQUIRES, REQUIRES_FLAWS, CONFLICTS,
	CONFLICTS_FLAWS, SHA256
};

/*
 * Patches of one transaction have one time: then their rows' places count.  A
 * patch that was taken back and applied again has several rows of history.
 */
#define QUERY(sha256, history, order) \
	"SELECT p.patch_name," \
	" pg_catalog.to_char(applied_tsz," \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')," \
	" applied_by, " \
	NAMES("p.requires") ", " FLAWS("p.requires") ", " \
	NAMES("p.conflicts") ", " FLAWS("p.conflicts") ", " sha256 \
	" FROM _v.patches AS p" history " ORDER BY " order "applied_tsz, p.ctid"

static const char query[] = QUERY("NULL", "", "");
static const char query_with_history[] =
QUERY("h.source_sha256",
	  " LEFT JOIN (SELECT DISTINCT ON (patch_name COLLATE pg_catalog.\"C\")"
	  " patch_name, id, source_sha256 FROM _v.history"
	  " WHERE event IN ('applied', 'resumed', 'adopted')"
	  " ORDER BY patch_name COLLATE pg_catalog.\"C\", id DESC) AS h"
	  " ON h.patch_name = p.patch_name",
	  "h.id NULLS FIRST, ");

static const char undefined_table[] = "42P01";

/*
 * Take an array of names apart, as parsePGArray() does, which needs memory
 * for none of them, too.
 */
static void
read_names(const char *text, char ***names, int *count)
{
	if (strcmp(text, "{}") == 0 || parsePGArray(text, names, count))
		return;
	pg_log_error("out of memory");
	exit(EXIT_FAILURE);
}

/* Say what is wrong with an array, if anything is. */
static void
add_flaws(Register *reg, const AppliedPatch *patch,
		  const char *column, const char *flaws)
{
	if (flaws[0] != '\0')
		problem_add(&reg->problems, PROBLEM_WARNING, NULL, 0,
					"\"%s\" of patch \"%s\" in _v.patches has %s: only the "
					"names in it count", column, patch->name, flaws);
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
	read_names(PQgetvalue(result, row, REQUIRES), &patch->requirements,
			   &patch->requirement_count);
	read_names(PQgetvalue(result, row, CONFLICTS), &patch->conflicts,
			   &patch->conflict_count);
	add_flaws(reg, patch, "requires",
			  PQgetvalue(result, row, REQUIRES_FLAWS));
	add_flaws(reg, patch, "conflicts",
			  PQgetvalue(result, row, CONFLICTS_FLAWS));

	name_table_add(reg->table, patch->name);
	reg->has_digests |= patch->sha256[0] != '\0';
	reg->count++;
}

/* Say why there is no register to read. */
static void
report_failure(PGconn *conn, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state == NULL || strcmp(state, undefined_table) != 0)
	{
		report_server_message(PQerrorMessage(conn));
		return;
	}
	pg_log_error("the database \"%s\" has no register of patches",
				 PQdb(conn));
	fe_compat_log_hint("Run CREATE EXTENSION versioning in it.");
}

/* Read which patches are unfinished, and note it of those in the register. */
static bool
read_unfinished(PGconn *conn, Register *reg)
{
	int			i;

	if (!unfinished_read(conn, &reg->unfinished))
		return false;
	for (i = 0; i < reg->unfinished.count; i++)
	{
		const UnfinishedPatch *patch = &reg->unfinished.patches[i];
		int			number = name_table_find(reg->table, patch->name);

		if (number != NAME_TABLE_NONE)
			reg->patches[number].unfinished = patch;
	}
	return true;
}

/* Read the register, with one query, so in one snapshot. */
Register *
register_read(PGconn *conn)
{
	RegisterSurvey survey = {0};
	PGresult   *result;
	Register   *reg;
	int			i;

	if (!register_survey_take(conn, &survey))
		return NULL;
	result = PQexec(conn, survey.has_history ? query_with_history : query);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		report_failure(conn, result);
		register_survey_free(&survey);
		PQclear(result);
		return NULL;
	}

	reg = pg_malloc0(sizeof(Register));
	reg->survey = survey;
	reg->result = result;
	reg->table = name_table_create(Max(64, PQntuples(result)));
	reg->patches = pg_malloc0((PQntuples(result) + 1) *
							  sizeof(AppliedPatch));
	for (i = 0; i < PQntuples(result); i++)
		add_patch(reg, i);

	/* Read first, these would lack what is registered in between. */
	if ((!survey.has_progress || in_progress_read(conn, &reg->progress)) &&
		(!survey.has_unfinished || read_unfinished(conn, reg)))
		return reg;
	register_free(reg);
	return NULL;
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
		free(reg->patches[i].requirements);
		free(reg->patches[i].conflicts);
	}
	pg_free(reg->patches);
	name_table_free(reg->table);
	problem_free(&reg->problems);
	register_survey_free(&reg->survey);
	in_progress_free(&reg->progress);
	unfinished_free(&reg->unfinished);
	PQclear(reg->result);
	pg_free(reg);
}
