/*-------------------------------------------------------------------------
 *
 * database/register_survey.c
 *		What kind of a register a database has
 *
 * It may be this extension's or one that a script has made, which has no
 * history.
 *
 * The extension's functions may have been replaced: by such a script that was
 * run once more, or by anyone who may CREATE OR REPLACE them.  Then patches
 * are registered, but without a history, or not at all.  Nor are calls what
 * they seem if the schema has other functions of the same names.  Both can be
 * mended, and nothing in the register changes by that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "database/in_progress.h"
#include "database/register_survey.h"
#include "database/unfinished.h"

/* The functions of the extension that are in C, as versioning_NAME */
#define C_FUNCTIONS \
	"'register_patch', 'try_register_patch', 'unregister_patch'," \
	" 'assert_patch_is_applied', 'assert_user_is_superuser'," \
	" 'assert_user_is_not_superuser', 'assert_user_is_one_of'," \
	" 'mark_patch', 'unmark_patch', 'accept_patch'," \
	" 'note_attempt', 'resume_patch'," \
	" 'register_job', 'note_moved_key', 'run_job', 'run_jobs', 'pause_job'," \
	" 'resume_job', 'cancel_job', 'assert_job_is_done', 'set_job'," \
	" 'refuse_to_plant', 'lock_dependent', 'remember_dependent'," \
	" 'restore_dependents', 'forget_dependents'," \
	" 'current_patch', 'record_changes', 'refuse_to_forge'," \
	" 'refuse_to_forget', 'require_patch', 'warn_without_patch'"

/*
 * All functions in the schema, and whether they belong to the extension.  What
 * depends on the schema is found by an index, in pg_proc it is not.
 */
#define FUNCTIONS(columns) \
	"SELECT " columns ", p.oid IN" \
	" (SELECT d.objid FROM pg_catalog.pg_depend d" \
	"  WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass" \
	"  AND d.deptype = 'e' AND d.refclassid =" \
	"  'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid =" \
	"  (SELECT e.oid FROM pg_catalog.pg_extension e" \
	"   WHERE e.extname = 'versioning')) AS is_member" \
	" FROM pg_catalog.pg_depend n" \
	" JOIN pg_catalog.pg_proc p ON p.oid = n.objid" \
	" WHERE n.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass" \
	" AND n.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass" \
	" AND n.refobjid = pg_catalog.to_regnamespace('_v')"

/* Is the member f of the extension what was installed? */
#define IS_INTACT \
	"(f.proname <> ALL (ARRAY[" C_FUNCTIONS "]) OR" \
	" f.prolang = (SELECT l.oid FROM pg_catalog.pg_language l" \
	"  WHERE l.lanname = 'c') AND" \
	" f.probin ~ '(^|/)versioning([.][a-z]+)?$' AND" \
	" f.prosrc = 'versioning_' || f.proname)"

/*
 * Has f got defaults by which its calls are no longer those of a member with
 * fewer arguments, so that none of the two can be called?
 */
#define IS_AMBIGUOUS \
	"(f.pronargdefaults > 0 AND EXISTS" \
	" (SELECT FROM functions o WHERE o.is_member" \
	"  AND o.proname = f.proname AND o.pronargs < f.pronargs))"

/*
 * The arguments of f as CREATE FUNCTION has them.  A default stays one, which
 * PostgreSQL insists on, but what it says is not for others to choose.
 */
#define ARGUMENTS(default_clause) \
	"(SELECT pg_catalog.string_agg(pg_catalog.concat(" \
	"  CASE a.mode WHEN 'o' THEN 'OUT ' WHEN 'v' THEN 'VARIADIC ' END," \
	"  pg_catalog.quote_ident(a.name) || ' '," \
	"  pg_catalog.format_type(a.type, NULL)" default_clause ")," \
	"  ', ' ORDER BY a.number)" \
	" FROM ROWS FROM (pg_catalog.unnest(coalesce(f.proallargtypes," \
	"  f.proargtypes::pg_catalog.oid[])), pg_catalog.unnest(f.proargmodes)," \
	"  pg_catalog.unnest(f.proargnames))" \
	"  WITH ORDINALITY AS a (type, mode, name, number))"
#define DEFAULTS \
	", CASE WHEN a.number > f.pronargs - f.pronargdefaults" \
	"  AND a.number <= f.pronargs THEN ' DEFAULT NULL' END"

/* What comes after them, with the library of those that are intact */
#define DEFINITION \
	" pg_catalog.format(" \
	"')%s LANGUAGE c%s AS %L, %L;'," \
	" ' RETURNS ' || pg_catalog.pg_get_function_result(f.oid)," \
	" CASE f.proname WHEN 'current_patch' THEN ' PARALLEL RESTRICTED' END," \
	" coalesce((SELECT pg_catalog.min(i.probin) FROM functions i" \
	"  WHERE i.is_member AND i.prosrc LIKE 'versioning%')," \
	"  '$libdir/versioning'), 'versioning_' || f.proname)"

/* Is f not the extension's, or no more what was installed? */
#define IS_FOREIGN \
	"CASE WHEN f.is_member THEN NOT " IS_INTACT " OR " IS_AMBIGUOUS \
	" ELSE EXISTS (SELECT FROM functions m" \
	"  WHERE m.is_member AND m.proname = f.proname) END"

/* The functions that are not the extension's, and what mends that */
#define FOREIGN \
	"SELECT f.proname, f.signature, f.is_member, CASE" \
	" WHEN NOT f.is_member" \
	" THEN pg_catalog.format('DROP %s %s;', CASE f.prokind" \
	"  WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE'" \
	"  ELSE 'FUNCTION' END, f.signature)" \
	" WHEN " IS_AMBIGUOUS \
	" THEN pg_catalog.format('BEGIN;" \
	" ALTER EXTENSION versioning DROP FUNCTION %1$s; DROP FUNCTION %1$s;" \
	" CREATE FUNCTION _v.%2$I(', f.signature, f.proname) ||" \
	" coalesce(" ARGUMENTS("") ", '') ||" DEFINITION " ||" \
	" pg_catalog.format(' ALTER EXTENSION versioning ADD FUNCTION %s;" \
	" COMMIT;', f.signature)" \
	" ELSE pg_catalog.format('CREATE OR REPLACE %s _v.%I('," \
	" CASE f.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END," \
	" f.proname) || coalesce(" ARGUMENTS(DEFAULTS) ", '') ||" DEFINITION \
	" END AS remedy FROM functions f WHERE " IS_FOREIGN

/* Does the guard refuse that? */
#define IS_GUARDED \
	"EXISTS (SELECT FROM pg_catalog.pg_event_trigger t" \
	" JOIN functions f ON f.oid = t.evtfoid" \
	" WHERE f.proname = 'require_patch' AND t.evtenabled <> 'D')"

/* A table has pages, so it may have rows, which not everybody may read */
#define HAS_PAGES(table) \
	"coalesce(pg_catalog.pg_relation_size(pg_catalog.to_regclass('_v." table \
	"')) > 0, false)"

/*
 * The views of what is unfinished and of jobs take long to plan: without any
 * row in the tables behind them, they need not be asked.
 */
static const char relations_query[] =
"SELECT " IN_PROGRESS_HAS_RELATION("history") ", " IN_PROGRESS_IS_KNOWN ", "
IN_PROGRESS_HAS_RELATION("unfinished") ", " HAS_PAGES("progress") ", "
IN_PROGRESS_HAS_RELATION("jobs") " AND " HAS_PAGES("job_list");

/* The columns of its result */
enum
{
	HAS_HISTORY, HAS_PROGRESS, HAS_UNFINISHED, MAY_BE_UNFINISHED, HAS_JOBS
};

const char register_survey_query[] =
"WITH functions AS MATERIALIZED ("
FUNCTIONS("p.proname, p.pronargs, p.pronargdefaults, p.prolang, p.probin,"
		  " p.prosrc") ")"
" SELECT EXISTS (SELECT FROM functions f WHERE " IS_FOREIGN ")";

/* To plan this one takes longer than all the rest: it is asked if need be */
static const char foreign_query[] =
"WITH functions AS MATERIALIZED ("
FUNCTIONS("p.*, p.oid::pg_catalog.regprocedure AS signature") "),"
" strange AS (" FOREIGN ")"
" SELECT s.signature, s.is_member, CASE WHEN " IS_GUARDED
"  THEN pg_catalog.concat('SET versioning.bypass_guard = on; ', s.remedy,"
"   ' RESET versioning.bypass_guard;') ELSE s.remedy END,"
" s.proname IN ('register_patch', 'try_register_patch', 'unregister_patch')"
" FROM strange s ORDER BY s.proname, s.signature::pg_catalog.text";

/* The columns of its result */
enum
{
	SIGNATURE, IS_MEMBER, REMEDY, REGISTERS
};

/* Note the function of a row. */
static void
add_function(RegisterSurvey *survey, const PGresult *result, int row)
{
	bool		is_member = PQgetvalue(result, row, IS_MEMBER)[0] == 't';

	problem_add(&survey->functions, PROBLEM_WARNING, NULL, 0,
				is_member ?
				"the function %s is not as the extension has installed "
				"it; a superuser puts it back by: %s" :
				"the function %s is not the extension's, but has the name "
				"of one that is; drop it by: %s",
				PQgetvalue(result, row, SIGNATURE),
				PQgetvalue(result, row, REMEDY));
	survey->is_captured |= PQgetvalue(result, row, REGISTERS)[0] == 't';
}

bool
register_survey_begin(PGconn *conn, RegisterSurvey *survey)
{
	PGresult   *result = connection_query(conn, relations_query);

	if (result == NULL)
		return false;
	survey->has_history = PQgetvalue(result, 0, HAS_HISTORY)[0] == 't';
	survey->has_progress = PQgetvalue(result, 0, HAS_PROGRESS)[0] == 't';
	survey->has_unfinished = PQgetvalue(result, 0, HAS_UNFINISHED)[0] == 't';
	survey->may_be_unfinished = survey->has_unfinished &&
		PQgetvalue(result, 0, MAY_BE_UNFINISHED)[0] == 't';
	survey->has_jobs = PQgetvalue(result, 0, HAS_JOBS)[0] == 't';
	PQclear(result);
	return true;
}

bool
register_survey_finish(PGconn *conn, RegisterSurvey *survey)
{
	PGresult   *result = connection_query(conn, foreign_query);
	int			i;

	if (result == NULL)
		return false;
	for (i = 0; i < PQntuples(result); i++)
		add_function(survey, result, i);
	PQclear(result);
	return true;
}

bool
register_survey_take(PGconn *conn, RegisterSurvey *survey)
{
	PGresult   *result;
	bool		has_foreign;

	if (!register_survey_begin(conn, survey))
		return false;
	result = connection_query(conn, register_survey_query);
	if (result == NULL)
		return false;
	has_foreign = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return !has_foreign || register_survey_finish(conn, survey);
}

void
register_survey_free(RegisterSurvey *survey)
{
	problem_free(&survey->functions);
}
