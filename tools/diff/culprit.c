/*-------------------------------------------------------------------------
 *
 * diff/culprit.c
 *		Who has made the differences
 *
 * The recorded changes of an object are its life.  Of something that one side
 * has and the other has not, it tells how it came to be called so here, and
 * was dropped, renamed or moved there; of an aspect, the last command that may
 * have changed it.  All differences are looked up at once.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "diff/culprit.h"
#include "pqexpbuffer.h"

/* The life of an object that has, or had, a name */
#define LIFE(type, name) \
	"(SELECT c.first_id FROM _v.changes c" \
	" WHERE pg_catalog.hashtextextended(c.identity, 0) =" \
	"  pg_catalog.hashtextextended(" name " COLLATE pg_catalog.\"C\", 0)" \
	" AND c.identity = " name " AND c.object_type = " type \
	" ORDER BY c.id DESC LIMIT 1)"

/*
 * A column that was created with its relation has no row of that: the one of
 * the relation has its name.  If it was renamed later, it had only its former
 * name in that row.  Parameters are arrays: of types, identities, relations,
 * and what is wanted.
 */
static const char query[] =
"WITH asked AS MATERIALIZED (SELECT a.*, " LIFE("a.type", "a.name")
"  AS life, CASE WHEN a.type LIKE '% column' THEN "
LIFE("pg_catalog.regexp_replace("
	 "pg_catalog.replace(a.type, 'composite ', ''), ' column$', '')",
	 "a.relation") " END AS relation_life"
" FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]),"
"  pg_catalog.unnest($2::pg_catalog.text[]),"
"  pg_catalog.unnest($3::pg_catalog.text[]),"
"  pg_catalog.unnest($4::pg_catalog.text[])) WITH ORDINALITY"
"  AS a (type, name, relation, wish, number)),"
" renamed AS MATERIALIZED (SELECT c.* FROM _v.changes c"
"  WHERE c.previous_identity = ANY ($2::pg_catalog.text[]))"
" SELECT DISTINCT ON (a.number) a.number, c.action, h.patch_name, h.event,"
"  c.role_name,"
"  pg_catalog.to_char(c.changed_at, 'YYYY-MM-DD HH24:MI'),"
"  pg_catalog.to_char(c.changed_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'),"
"  c.command_tag"
" FROM asked a CROSS JOIN LATERAL"
" (SELECT * FROM _v.changes c WHERE c.first_id = a.life AND CASE a.wish"
"   WHEN 'present' THEN c.identity = a.name"
"    AND c.action IN ('created', 'renamed', 'moved')"
"   WHEN 'absent' THEN c.action = 'dropped' AND c.identity = a.name"
"   WHEN 'grants' THEN c.command_tag IN ('GRANT', 'REVOKE')"
"   WHEN 'comment' THEN c.command_tag = 'COMMENT'"
"   WHEN 'security label' THEN c.command_tag = 'SECURITY LABEL'"
"   ELSE c.command_tag NOT IN ('GRANT', 'REVOKE', 'COMMENT',"
"    'SECURITY LABEL') AND c.action <> 'dropped' END"
"  UNION ALL SELECT * FROM _v.changes c"
"   WHERE c.first_id = a.relation_life AND c.action = 'created'"
"   AND a.wish NOT IN ('absent', 'grants', 'comment', 'security label')"
"   AND EXISTS (SELECT FROM pg_catalog.unnest(c.columns) k WHERE"
"    a.name = a.relation || '.' || pg_catalog.quote_ident(k))"
"  UNION ALL SELECT * FROM renamed c WHERE a.wish = 'absent'"
"   AND c.previous_identity = a.name AND c.object_type = a.type) c"
" LEFT JOIN _v.history h ON h.id = c.history_id"
" ORDER BY a.number, c.id DESC";

/* The columns of its result */
enum
{
	NUMBER, ACTION, PATCH, EVENT, ROLE, AT, ISO_AT, COMMAND
};

/* What is wanted of a side, in a word that the query knows. */
static const char *
wish(const Difference *difference, int side)
{
	if (difference->aspect == NULL)
		return difference->objects[side] != NULL ? "present" : "absent";
	if (strncmp(difference->aspect, "grants", 6) == 0)
		return "grants";
	if (strncmp(difference->aspect, "comment", 7) == 0)
		return "comment";
	return difference->aspect;
}

/* Append an element to an array. */
static void
append_element(PQExpBuffer array, const char *text)
{
	appendPQExpBufferStr(array, array->len > 0 ? ",\"" : "{\"");
	for (; *text != '\0'; text++)
	{
		if (*text == '"' || *text == '\\')
			appendPQExpBufferChar(array, '\\');
		appendPQExpBufferChar(array, *text);
	}
	appendPQExpBufferChar(array, '"');
}

/* Ask about all differences; NULL after a message. */
static PGresult *
ask(const Comparison *comparison, PGconn *conn, int side)
{
	PQExpBufferData arrays[4];
	const char *values[lengthof(arrays)];
	PGresult   *result;
	size_t		k;
	int			i;

	for (k = 0; k < lengthof(arrays); k++)
		initPQExpBuffer(&arrays[k]);
	for (i = 0; i < comparison->count; i++)
	{
		const Difference *difference = &comparison->items[i];
		const DiffObject *object = difference->objects[side] != NULL ?
			difference->objects[side] : difference->objects[1 - side];

		append_element(&arrays[0], object->type);
		append_element(&arrays[1], object->identity);
		append_element(&arrays[2], object->relation);
		append_element(&arrays[3], wish(difference, side));
	}
	for (k = 0; k < lengthof(arrays); k++)
	{
		appendPQExpBufferChar(&arrays[k], '}');
		values[k] = arrays[k].data;
	}
	result = connection_query_params(conn, query, lengthof(values), values);
	for (k = 0; k < lengthof(arrays); k++)
		termPQExpBuffer(&arrays[k]);
	return result;
}

/* A value, or NULL. */
static const char *
value(const PGresult *result, int row, int column)
{
	return PQgetisnull(result, row, column) ? NULL :
		PQgetvalue(result, row, column);
}

bool
diff_culprit_find(Comparison *comparison, const DiffSide *sides, int side)
{
	PGresult   *result;
	int			i;

	if (comparison->count == 0 || !sides[side].has_changes)
		return true;
	result = ask(comparison, sides[side].conn, side);
	comparison->culprits[side] = result;
	for (i = 0; i < PQntuples(result); i++)
	{
		int			number = atoi(PQgetvalue(result, i, NUMBER));
		DiffCulprit *culprit =
			&comparison->items[number - 1].culprits[side];

		culprit->action = value(result, i, ACTION);
		culprit->patch = value(result, i, PATCH);
		culprit->event = value(result, i, EVENT);
		culprit->role = value(result, i, ROLE);
		culprit->at = value(result, i, AT);
		culprit->iso_at = value(result, i, ISO_AT);
		culprit->command = value(result, i, COMMAND);
	}
	return result != NULL;
}

bool
diff_culprit_is_unknown(const Difference *difference)
{
	return difference->culprits[0].action == NULL &&
		difference->culprits[1].action == NULL;
}

bool
diff_culprit_is_telling(const Difference *difference, int side)
{
	const DiffCulprit *own = &difference->culprits[side];
	const DiffCulprit *other = &difference->culprits[1 - side];

	if (own->action == NULL || difference->aspect == NULL ||
		other->action == NULL)
		return own->action != NULL;
	if (strcmp(own->iso_at, other->iso_at) == 0)
		return false;
	return strcmp(own->action, "created") != 0 ||
		strcmp(other->action, "created") == 0;
}
