/*-------------------------------------------------------------------------
 *
 * sandbox/sandbox.c
 *		Making databases to play in, and dropping them
 *
 * A sandbox is a copy of a template, made under the name of a scratch database
 * and renamed when it has its settings, grants and mark: so a database of the
 * name that the user has chosen is a whole one, and known as ours.
 *
 * No database is dropped that has no mark.  Whoever is connected to one that
 * is to be dropped is thrown out, and we say who it was.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/time.h>

#include "base/fe_compat.h"
#include "base/interruption.h"
#include "base/report.h"
#include "database/connection.h"
#include "pqexpbuffer.h"
#include "sandbox/lock.h"
#include "sandbox/sandbox.h"
#include "scratch/database.h"

/* How often to make a template that somebody drops meanwhile */
#define TRIES 3

/* What there is of that name, and whether the server can have it */
typedef struct Place
{
	bool		is_taken;
	PGresult   *mark;			/* if it is ours: a row, in which "is_safe"
								 * comes after what all marks have */
} Place;

/* The names of databases that come and go by themselves */
static const char *const reserved[] = {
	SCRATCH_DATABASE_PREFIX, SANDBOX_TEMPLATE_PREFIX
};

/* Can a database be called so?  False after a message. */
static bool
check_name(const char *name)
{
	size_t		i;

	for (i = 0; i < lengthof(reserved); i++)
		if (strncmp(name, reserved[i], strlen(reserved[i])) == 0)
		{
			pg_log_error("names that begin with \"%s\" are not for sandboxes",
						 reserved[i]);
			return false;
		}
	if (*name == '\0')
		pg_log_error("the name of a sandbox cannot be empty");
	else if (strlen(name) >= NAMEDATALEN)
		pg_log_error("the name \"%s\" has more than %d bytes",
					 report_printable(name), NAMEDATALEN - 1);
	else
		return true;
	return false;
}

/* Look what there is of that name.  False after a message. */
static bool
look_at_place(PGconn *conn, const char *name, Place *place)
{
	PGresult   *result =
		connection_query_params(conn, "SELECT FROM pg_catalog.pg_database d"
								" WHERE d.datname = $1::pg_catalog.text", 1,
								&name);

	memset(place, 0, sizeof(*place));
	if (result == NULL)
		return false;
	place->is_taken = PQntuples(result) > 0;
	PQclear(result);
	if (place->is_taken)
		place->mark = sandbox_mark_read(conn, ", m.is_safe", "m.name = $1",
										name);
	return !place->is_taken || place->mark != NULL;
}

/* Is the database of that name one of ours?  False after a message. */
static bool
is_ours(const Place *place, const char *name)
{
	if (!place->is_taken)
		pg_log_error("there is no sandbox \"%s\"", report_printable(name));
	else if (PQntuples(place->mark) == 0)
	{
		pg_log_error("the database \"%s\" is not a sandbox",
					 report_printable(name));
		fe_compat_log_hint("A sandbox is what \"versioning sandbox\" has "
						   "made, and what has kept its name and comment; "
						   "all else is left alone.");
	}
	else
		return true;
	return false;
}

/*
 * A connection by which the database of that name can be dropped: the same, or
 * one to another database of the server.  NULL after a message.
 */
static PGconn *
connect_elsewhere(PGconn *conn, const char *name)
{
	static const char *const others[] = {"postgres", "template1"};
	PGconn	   *other = NULL;
	size_t		i;

	if (strcmp(PQdb(conn), name) != 0)
		return conn;
	for (i = 0; other == NULL && i < lengthof(others); i++)
		other = connection_reopen(conn, others[i], "versioning sandbox");
	if (other == NULL)
		pg_log_error("we are connected to the database \"%s\", and could not "
					 "connect to another one", report_printable(name));
	return other;
}

/* Who is in a database, but for our own connection, as a text, or "". */
static PGresult *
find_sessions(PGconn *conn, PGconn *own, const char *name)
{
	char		text[512];

	snprintf(text, sizeof(text),
			 "SELECT coalesce(pg_catalog.string_agg(pg_catalog.format("
			 "'%%s (%%s)', a.usename, coalesce(nullif(a.application_name, "
			 "''), 'process ' || a.pid)), ', ' ORDER BY a.pid), '') "
			 "FROM pg_catalog.pg_stat_activity a "
			 "WHERE a.datname = $1::pg_catalog.text AND a.pid <> %d "
			 "AND a.backend_type IS DISTINCT FROM 'autovacuum worker'",
			 PQbackendPID(own));
	return connection_query_params(conn, text, 1, &name);
}

/* Was it an error that a database is not there? */
static bool
is_gone(const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return code != NULL && strcmp(code, "3D000") == 0;
}

/*
 * Run the statement that drops a database that is ours, and say so and why,
 * unless that is NULL, and who was in it.  If somebody else has just dropped
 * it, there is nothing to say.  False after a message.
 */
static bool
run_drop(PGconn *conn, const char *statement, const char *name,
		 const char *who, const char *why)
{
	PGresult   *result = PQexec(conn, statement);
	bool		is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
	bool		is_right = is_done || is_gone(result);

	if (!is_right)
		report_server_message(PQerrorMessage(conn));
	else if (is_done && why != NULL)
		pg_log_info("dropped the database \"%s\"%s%s%s",
					report_printable(name), why,
					*who == '\0' ? "" : ", and ended the sessions of ", who);
	PQclear(result);
	return is_right;
}

/*
 * Drop a database that is ours, with or without whoever is in it, and say so
 * and why, unless that is NULL.  False after a message.
 */
static bool
drop(PGconn *conn, const char *name, bool is_forced, const char *why)
{
	PGconn	   *other = connect_elsewhere(conn, name);
	char	   *quoted = other == NULL ? NULL :
		PQescapeIdentifier(other, name, strlen(name));
	PGresult   *sessions = quoted == NULL ? NULL :
		find_sessions(other, conn, name);
	bool		is_done = false;

	if (sessions != NULL)
	{
		const char *who = report_printable(PQgetvalue(sessions, 0, 0));
		char	   *text = psprintf("DROP DATABASE %s%s", quoted,
									is_forced ? " WITH (FORCE)" : "");

		is_done = run_drop(other, text, name, who, why);
		pg_free(text);
	}
	PQclear(sessions);
	PQfreemem(quoted);
	if (other != conn)
		connection_close(other);
	return is_done;
}

/* Copy a template that was there; NULL after a message. */
static ScratchDatabase *
copy_found(PGconn *conn, const PGresult *template)
{
	const char *has_settings = PQgetvalue(template, 0,
										  SANDBOX_TEMPLATE_HAS_SETTINGS);

	return scratch_database_copy(PQgetvalue(template, 0,
											SANDBOX_TEMPLATE_NAME),
								 PQgetvalue(template, 0,
											SANDBOX_TEMPLATE_OWNER),
								 has_settings[0] == 't', conn);
}

/* Has somebody dropped a template that was there? */
static bool
is_dropped(PGconn *conn, const PGresult *template)
{
	PGresult   *now = sandbox_template_find(conn,
											PQgetvalue(template, 0,
													   SANDBOX_TEMPLATE_NAME));
	bool		result = now != NULL && PQntuples(now) == 0;

	PQclear(now);
	return result;
}

/*
 * Copy the template, which is made first if need be, and again if somebody
 * drops it before it is copied.  NULL after a message.
 */
static ScratchDatabase *
copy_template(const SandboxContent *content, const char *digits,
			  Status *status)
{
	PGconn	   *conn = content->conn;
	ScratchDatabase *copy = NULL;
	bool		is_gone = true;
	int			i;

	for (i = 0; i < TRIES && copy == NULL && is_gone; i++)
	{
		PGresult   *template;

		*status = sandbox_template_provide(content, digits, &template);
		if (*status != STATUS_DONE)
			return NULL;
		if (PQntuples(template) > 0)
		{
			if (interruption_count() == 0)
				copy = copy_found(conn, template);
			is_gone = copy == NULL && is_dropped(conn, template);
		}
		PQclear(template);
	}
	*status = copy == NULL ? STATUS_TROUBLE : STATUS_DONE;
	return copy;
}

/* A database that is ours is left as it is: say so. */
static Status
leave_alone(const SandboxContent *content, const PGresult *mark,
			const char *digits, const char *kind)
{
	const char *name = report_printable(PQgetvalue(mark, 0,
												   SANDBOX_MARK_NAME));

	if (strcmp(kind, SANDBOX_MARK_SANDBOX) != 0 ||
		strcmp(PQgetvalue(mark, 0, SANDBOX_MARK_KIND), kind) != 0)
	{
		pg_log_error("the database \"%s\" is there already, for a %s", name,
					 PQgetvalue(mark, 0, SANDBOX_MARK_KIND));
		return STATUS_TROUBLE;
	}
	if (PQgetvalue(mark, 0, SANDBOX_MARK_MORE)[0] != 't')
	{
		pg_log_error("the sandbox \"%s\" belongs to somebody else, who may "
					 "have put anything into it", name);
		fe_compat_log_hint("Choose another name.");
		return STATUS_TROUBLE;
	}
	if (content->options->is_quiet)
		return STATUS_DONE;
	if (strcmp(PQgetvalue(mark, 0, SANDBOX_MARK_DIGITS), digits) == 0)
		pg_log_info("the sandbox \"%s\" is there already", name);
	else
		pg_log_info("the sandbox \"%s\" is there already, and was made of "
					"other files; \"versioning sandbox reset\" makes it anew",
					name);
	return STATUS_DONE;
}

/*
 * Can a sandbox be made anew, of what is asked for now?  It does not know of
 * which files it was made.  False after a message.
 */
static bool
may_reset(const SandboxContent *content, const PGresult *mark)
{
	const char *before = PQgetvalue(mark, 0, SANDBOX_MARK_CONTENT);
	const char *now = sandbox_template_phrase(content);

	if (strcmp(PQgetvalue(mark, 0, SANDBOX_MARK_KIND),
			   SANDBOX_MARK_SANDBOX) != 0)
		pg_log_error("the database \"%s\" is a %s, not a sandbox",
					 report_printable(PQgetvalue(mark, 0, SANDBOX_MARK_NAME)),
					 PQgetvalue(mark, 0, SANDBOX_MARK_KIND));
	else if (strcmp(before, now) != 0)
	{
		pg_log_error("the sandbox \"%s\" was made with %s, not with %s",
					 report_printable(PQgetvalue(mark, 0, SANDBOX_MARK_NAME)),
					 before, now);
		fe_compat_log_hint("Say again what it was made with: --data, "
						   "--with-patches or --empty; or drop it first.");
	}
	else
		return true;
	return false;
}

/*
 * Drop what is to be made anew.  The copy may have taken its time: who has
 * kept the sandbox meanwhile, by another name or without its comment, keeps
 * it, and if it is gone, so much the better.  False after a message.
 */
static bool
make_way(const SandboxContent *content, const char *name)
{
	Place		place;
	bool		result = look_at_place(content->conn, name, &place);

	if (result && place.is_taken)
		result = is_ours(&place, name) && may_reset(content, place.mark) &&
			drop(content->conn, name, true,
				 content->options->is_quiet ? NULL : "");
	PQclear(place.mark);
	return result;
}

/*
 * Give a copy its name, and drop the one before it if it is to be made anew;
 * or else drop the copy.  False after a message.
 */
static bool
settle(const SandboxContent *content, ScratchDatabase *copy,
	   const char *digits, const char *name, const char *kind, bool is_anew)
{
	PGconn	   *conn = connect_elsewhere(content->conn, name);
	bool		is_done = conn != NULL && interruption_count() == 0 &&
		(!is_anew || make_way(content, name)) &&
		sandbox_mark_set(conn, copy->name, name, kind, digits,
						 sandbox_template_phrase(content));

	if (is_done)
		scratch_database_release(copy);
	else
		(void) scratch_database_drop(copy);
	if (conn != content->conn)
		connection_close(conn);
	return is_done;
}

/* Make it, where there is nothing, or what is to be made anew. */
static Status
make(const SandboxContent *content, const char *digits, const char *name,
	 const char *kind, bool is_anew)
{
	Status		status;
	ScratchDatabase *copy = copy_template(content, digits, &status);

	if (copy == NULL)
		return status;
	return settle(content, copy, digits, name, kind, is_anew) ?
		STATUS_DONE : STATUS_TROUBLE;
}

/* Make it, unless it is there.  Nobody else does so meanwhile. */
static Status
create(const SandboxContent *content, const char *name, const char *kind,
	   bool is_anew)
{
	SandboxDigits digits;
	Place		place;
	Status		status;

	if (!look_at_place(content->conn, name, &place))
		return STATUS_TROUBLE;
	if ((place.is_taken || is_anew) &&
		(!is_ours(&place, name) ||
		 (is_anew && !may_reset(content, place.mark))))
		status = STATUS_TROUBLE;
	else
		status = sandbox_template_digits(content, digits);
	if (status == STATUS_DONE && place.is_taken && !is_anew)
		status = leave_alone(content, place.mark, digits, kind);
	else if (status == STATUS_DONE)
		status = make(content, digits, name, kind, is_anew);
	PQclear(place.mark);
	return status;
}

Status
sandbox_create(const SandboxContent *content, const char *name,
			   const char *kind, bool is_anew)
{
	Status		status;

	if (!check_name(name) ||
		!sandbox_lock_wait(content->conn, name,
						   content->options->is_quiet))
		return STATUS_TROUBLE;
	status = create(content, name, kind, is_anew);
	sandbox_lock_release(content->conn, name);
	return status;
}

void
sandbox_make_run_name(PGconn *conn, char *name, size_t size)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	snprintf(name, size, "versioning_run_%d_%x%05x", PQbackendPID(conn),
			 (unsigned int) now.tv_sec, (unsigned int) now.tv_usec);
}

/* Is there such a database, and is it ours?  False after a message. */
static bool
is_there(PGconn *conn, const char *name)
{
	Place		place;
	bool		result = look_at_place(conn, name, &place) &&
		is_ours(&place, name);

	PQclear(place.mark);
	return result;
}

bool
sandbox_drop(PGconn *conn, char *const *names, int count, bool is_quiet)
{
	bool		result = true;
	int			i;

	/* All or, if there is a slip, none */
	for (i = 0; i < count; i++)
		result &= is_there(conn, names[i]);
	for (i = 0; result && i < count; i++)
		result = is_there(conn, names[i]) &&
			drop(conn, names[i], true, is_quiet ? NULL : "");
	return result;
}

bool
sandbox_drop_run(PGconn *conn, const char *name)
{
	PGconn	   *again = NULL;
	bool		result;

	/* It may have taken hours, and the connection is lost */
	PQclear(PQexec(conn, ""));
	if (PQstatus(conn) != CONNECTION_OK)
		again = connection_reopen(conn, NULL, "versioning sandbox");
	if (again != NULL)
		conn = again;
	result = is_there(conn, name) && drop(conn, name, true, NULL);
	connection_close(again);
	return result;
}

/* Drop all that a condition holds for. */
static bool
drop_some(PGconn *conn, const char *condition, const char *parameter,
		  const char *why)
{
	PGresult   *marks = sandbox_mark_read(conn, "", condition, parameter);
	bool		result = marks != NULL;
	int			i;

	for (i = 0; marks != NULL && i < PQntuples(marks); i++)
		result &= drop(conn, PQgetvalue(marks, i, SANDBOX_MARK_NAME), false,
					   why);
	PQclear(marks);
	return result;
}

/* Is it an interval, and not a negative one?  False after a message. */
static bool
check_age(PGconn *conn, const char *age)
{
	PGresult   *result = PQexecParams(conn, "SELECT $1::pg_catalog.interval"
									  " >= pg_catalog.interval '0'", 1, NULL,
									  &age, NULL, NULL, 0);
	bool		is_good = PQresultStatus(result) == PGRES_TUPLES_OK &&
		PQgetvalue(result, 0, 0)[0] == 't';

	if (!is_good && PQstatus(conn) != CONNECTION_OK)
		report_server_message(PQerrorMessage(conn));
	else if (!is_good)
		pg_log_error("--older-than takes a time such as 7d or 12h, not "
					 "\"%s\"", report_printable(age));
	PQclear(result);
	return is_good;
}

bool
sandbox_drop_old(PGconn *conn, const char *age, bool is_quiet)
{
	const char *why = is_quiet ? NULL : "";

	return check_age(conn, age) &&
		drop_some(conn, "m.kind = 'sandbox' AND m.is_own AND m.sessions = 0"
				  " AND m.made <= pg_catalog.now() -"
				  " $1::pg_catalog.interval", age, why) &&
		drop_some(conn, "m.kind = 'template' AND m.is_own"
				  " AND m.made <= pg_catalog.now() - $1::pg_catalog.interval"
				  " AND NOT EXISTS (SELECT FROM marks o WHERE o.digits ="
				  " m.digits AND o.kind <> 'template')", age, why);
}

/*
 * May there be leftovers?  To ask is much less work than to find them, and
 * mostly there are none.  False after a message, too.
 */
static bool
may_have_leftovers(PGconn *conn, bool *is_answered)
{
	PGresult   *result =
		connection_query(conn, "SELECT EXISTS (SELECT FROM"
						 " pg_catalog.pg_database d WHERE"
						 " pg_catalog.starts_with(d.datname,"
						 " '" SCRATCH_DATABASE_PREFIX "')) OR EXISTS (SELECT"
						 " FROM pg_catalog.pg_shdescription s WHERE"
						 " pg_catalog.starts_with(s.description, '"
						 SANDBOX_MARK ", " SANDBOX_MARK_RUN ", '))");
	bool		may_be = result != NULL && PQgetvalue(result, 0, 0)[0] == 't';

	*is_answered = result != NULL;
	PQclear(result);
	return may_be;
}

bool
sandbox_drop_leftovers(PGconn *conn)
{
	bool		is_answered;

	if (!may_have_leftovers(conn, &is_answered))
		return is_answered;
	if (!scratch_database_drop_leftovers(conn))
		return false;
	(void) drop_some(conn, "m.kind = 'run' AND m.is_own AND m.sessions = 0"
					 " AND NOT EXISTS (SELECT FROM"
					 " pg_catalog.pg_stat_get_activity(NULL) a"
					 " WHERE a.pid = m.session)", NULL,
					 ", which was left behind when its maker was killed");
	return true;
}
