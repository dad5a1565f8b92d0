/*-------------------------------------------------------------------------
 *
 * deploy/attempt_note.c
 *		What the database keeps of an attempt to run a file
 *
 * Only an attempt is kept that made others wait, or failed: all else is in the
 * history, and patches that nobody feels cost nothing more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "common/string.h"
#include "deploy/attempt_note.h"
#include "project/source.h"
#include "watch/blockers.h"

/* An older extension, or another register, has no such function. */
static const char look_query[] =
"SELECT pg_catalog.to_regprocedure('_v.note_attempt("
"text, text[], timestamptz, interval, text, text, int, interval, text, text,"
" bigint)')";

/*
 * All arguments have the types of the function's, so that no other function of
 * that name can fit the call better.
 * Whoever has locked the table keeps us waiting for a second at most.
 *
 * The parameters: action, names, when it began, for how many milliseconds it
 * ran, outcome, SQLSTATE, how many waited, for how many milliseconds at most,
 * what it was waiting for, file.
 */
static const char note_query[] =
"SELECT _v.note_attempt($1::pg_catalog.text, $2::pg_catalog.text[], s.at,"
" r.duration, $5::pg_catalog.text, $6::pg_catalog.text,"
" $7::pg_catalog.int4, $8 * interval '1 ms', $9::pg_catalog.text,"
" $10::pg_catalog.text,"
" (SELECT max(h.id) FROM _v.history h WHERE h.event = ANY"
"  (CASE $1::pg_catalog.text WHEN 'apply' THEN '{applied,resumed}'"
"   ELSE '{\"taken back\"}' END::pg_catalog.text[])"
"  AND h.patch_name = ($2::pg_catalog.text[])[1] AND h.happened_at >= s.at))"
" FROM (SELECT $4::pg_catalog.float8 * interval '1 ms' AS duration) AS r,"
" LATERAL (SELECT coalesce("
"  pg_catalog.to_timestamp($3::pg_catalog.float8),"
"  pg_catalog.clock_timestamp() - r.duration) AS at) AS s"
" WHERE pg_catalog.set_config('lock_timeout', '1s', true) IS NOT NULL";

#define PARAMETERS 10

/* What has come of it. */
static const char *
outcome(const AttemptNote *note)
{
	if (note->is_done)
		return note->action == DEPLOY_APPLY ? "applied" : "taken back";
	if (note->is_interrupted)
		return "interrupted";
	return note->run->stall != NULL ? "cancelled" : "failed";
}

/* Has the database a place for it? */
static bool
has_place(const Observer *source)
{
	PGresult   *result = watch_observer_query(source, look_query, 0, NULL);
	bool		has = result != NULL && !PQgetisnull(result, 0, 0);

	PQclear(result);
	return has;
}

/* NULL for the empty string. */
static const char *
or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

/* Say why it is not kept. */
static void
warn(const char *message)
{
	char	   *copy = pg_strdup(message);

	pg_strip_crlf(copy);
	pg_log_warning("the attempt was not noted in _v.attempts: %s", copy);
	pg_free(copy);
}

/* Write the row. */
static void
write_row(const Observer *source, const AttemptNote *note)
{
	const FileRun *run = note->run;
	const OthersWaited *others = &run->others;
	char	   *names = watch_observer_array(note->step);
	char	   *path = project_source_path(note->step->file->path,
										   note->is_unicode);
	PQExpBuffer whom = createPQExpBuffer();
	char		duration[32];
	char		sessions[32];
	char		longest[32];
	const char *values[PARAMETERS] = {
		note->action == DEPLOY_APPLY ? "apply" : "rollback", names,
		or_null(run->backend.since), duration, outcome(note),
		or_null(run->sqlstate), sessions,
		others->sessions > 0 ? longest : NULL,
		run->blockers != NULL ? whom->data : NULL,
		path
	};
	PGresult   *result;

	if (run->blockers != NULL)
		watch_blockers_append_short(whom, run->blockers, NULL);
	snprintf(duration, sizeof(duration), INT64_FORMAT, run->milliseconds);
	snprintf(sessions, sizeof(sessions), "%d", others->sessions);
	snprintf(longest, sizeof(longest), INT64_FORMAT, others->longest);
	result = watch_observer_query(source, note_query, PARAMETERS, values);
	if (result == NULL)
		warn(watch_observer_error(source));
	PQclear(result);
	destroyPQExpBuffer(whom);
	pg_free(path);
	pg_free(names);
}

void
deploy_attempt_note(const Observer *source, const AttemptNote *note)
{
	if ((!note->is_done || note->run->others.sessions > 0) &&
		has_place(source))
		write_row(source, note);
}
