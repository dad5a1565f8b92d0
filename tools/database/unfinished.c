/*-------------------------------------------------------------------------
 *
 * database/unfinished.c
 *		Patches of which a part is done, and not all
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/unfinished.h"

const char unfinished_query[] =
"SELECT u.patch_name,"
" pg_catalog.to_char(u.since, 'YYYY-MM-DD HH24:MI:SS TZ'),"
" pg_catalog.to_char(u.since, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'),"
" pg_catalog.cardinality(u.done_sha256), u.parts, coalesce(u.line, 0),"
" u.runs, u.error, pg_catalog.array_to_string(u.done_sha256, ',', ''),"
" u.runs_sha256, u.relation, coalesce(u.indexes, '{}'),"
" u.leaves,"
" EXISTS (SELECT FROM _v.patches p"
"  WHERE p.patch_name OPERATOR(pg_catalog.=) u.patch_name)"
" FROM _v.unfinished_patches() u"
" ORDER BY u.patch_name COLLATE pg_catalog.\"C\"";

/* The columns of the result */
enum
{
	NAME, SINCE, SINCE_ISO, DONE, PARTS, LINE, RUNS, PATCH_ERROR, DIGESTS,
	RUNNING, RELATION, INDEXES, LEAVES, IS_REGISTERED
};

void
unfinished_read_row(UnfinishedPatch *patch, const PGresult *result, int row)
{
	patch->name = PQgetvalue(result, row, NAME);
	patch->since = PQgetvalue(result, row, SINCE);
	patch->since_iso = PQgetvalue(result, row, SINCE_ISO);
	patch->done = atoi(PQgetvalue(result, row, DONE));
	patch->parts = atoi(PQgetvalue(result, row, PARTS));
	patch->line = atoi(PQgetvalue(result, row, LINE));
	patch->runs = PQgetvalue(result, row, RUNS)[0] == 't';
	patch->error = PQgetvalue(result, row, PATCH_ERROR);
	patch->digests = PQgetvalue(result, row, DIGESTS);
	patch->running = PQgetvalue(result, row, RUNNING);
	patch->relation = PQgetvalue(result, row, RELATION);
	patch->indexes = PQgetvalue(result, row, INDEXES);
	patch->leaves = PQgetvalue(result, row, LEAVES);
	patch->is_registered = PQgetvalue(result, row, IS_REGISTERED)[0] == 't';
}

void
unfinished_take(Unfinished *list, PGresult *result)
{
	int			i;

	list->result = result;
	list->count = PQntuples(result);
	list->patches = pg_malloc((list->count + 1) * sizeof(UnfinishedPatch));
	for (i = 0; i < list->count; i++)
		unfinished_read_row(&list->patches[i], result, i);
}

const UnfinishedPatch *
unfinished_find(const Unfinished *list, const char *name)
{
	int			i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->patches[i].name, name) == 0)
			return &list->patches[i];
	return NULL;
}

void
unfinished_free(Unfinished *list)
{
	pg_free(list->patches);
	PQclear(list->result);
}
