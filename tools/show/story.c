/*-------------------------------------------------------------------------
 *
 * show/story.c
 *		What happened to patches and objects, for people and for programs
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/color.h"
#include "base/json.h"
#include "base/report.h"
#include "database/story.h"
#include "show/show.h"

/* A column of JSON */
typedef struct Member
{
	const char *key;
	int			column;
} Member;

static const Member event_members[] = {
	{"patch", STORY_PATCH},
	{"job", STORY_JOB},
	{"at", STORY_AT_ISO},
	{"role", STORY_ROLE},
	{"session_role", STORY_SESSION_ROLE},
	{"application", STORY_APPLICATION},
	{"client_address", STORY_CLIENT},
	{"os_user", STORY_OS_USER},
	{"host", STORY_HOST},
	{"file", STORY_FILE},
	{"sha256", STORY_SHA256},
	{"revision", STORY_REVISION},
	{"command", STORY_COMMAND}
};

static const Member change_members[] = {
	{"action", STORY_ACTION},
	{"type", STORY_TYPE},
	{"identity", STORY_IDENTITY},
	{"previous_identity", STORY_PREVIOUS},
	{"command", STORY_TAG}
};

static const Member life_members[] = {
	{"at", LIFE_AT_ISO},
	{"patch", LIFE_PATCH},
	{"event", LIFE_EVENT},
	{"role", LIFE_ROLE},
	{"action", LIFE_ACTION},
	{"type", LIFE_TYPE},
	{"identity", LIFE_IDENTITY},
	{"previous_identity", LIFE_PREVIOUS},
	{"command", LIFE_TAG}
};

/* The columns that say what was done to an object */
typedef struct Deed
{
	int			action;
	int			type;
	int			identity;
	int			previous;
	int			tag;
} Deed;

static const Deed deed_of_story = {
	STORY_ACTION, STORY_TYPE, STORY_IDENTITY, STORY_PREVIOUS, STORY_TAG
};

static const Deed deed_of_life = {
	LIFE_ACTION, LIFE_TYPE, LIFE_IDENTITY, LIFE_PREVIOUS, LIFE_TAG
};

/* What an event is called that has no patch */
static const char outside[] = "changed outside any patch";

/* The value there, or NULL. */
static const char *
value(const PGresult *result, int row, int column)
{
	return PQgetisnull(result, row, column) ? NULL :
		PQgetvalue(result, row, column);
}

/* Print a text, if there is one, with what goes before and after it. */
static void
print_known(FILE *stream, const char *before, const char *text,
			const char *after)
{
	if (text == NULL || text[0] == '\0')
		return;
	fputs(before, stream);
	report_escaped(stream, text);
	fputs(after, stream);
}

/* The colour of an event, begun. */
static const char *
event_color(const char *event)
{
	static const char *const good[] = {
		"applied", "resumed", "adopted", "marked", "accepted", "job done"
	};
	static const char *const bad[] = {"guard bypassed", "job failed"};
	size_t		i;

	for (i = 0; i < lengthof(good); i++)
		if (event != NULL && strcmp(event, good[i]) == 0)
			return color_begin(COLOR_GREEN);
	for (i = 0; i < lengthof(bad); i++)
		if (event != NULL && strcmp(event, bad[i]) == 0)
			return color_begin(COLOR_RED);
	return color_begin(event == NULL ? COLOR_RED : COLOR_YELLOW);
}

/* Print who has done it: "by alice, logged in as bob (al at host)". */
static void
print_who(FILE *stream, const PGresult *result, int row)
{
	const char *role = value(result, row, STORY_ROLE);
	const char *session = value(result, row, STORY_SESSION_ROLE);
	const char *user = value(result, row, STORY_OS_USER);
	const char *host = value(result, row, STORY_HOST);

	print_known(stream, " by ", role, "");
	if (session != NULL && (role == NULL || strcmp(role, session) != 0))
		print_known(stream, ", logged in as ", session, "");
	if (user == NULL && host == NULL)
		return;
	print_known(stream, " (", user == NULL ? "somebody" : user, "");
	print_known(stream, " at ", host, "");
	putc(')', stream);
}

/* Print the line of an event. */
static void
print_event(FILE *stream, const PGresult *result, int row)
{
	const char *event = value(result, row, STORY_EVENT);
	const char *job = value(result, row, STORY_JOB);
	const char *patch = value(result, row, STORY_PATCH);

	fprintf(stream, "%s  %s", PQgetvalue(result, row, STORY_AT),
			event_color(event));
	report_escaped(stream, event == NULL ? outside : event);
	fputs(color_end(), stream);
	if (job != NULL && (patch == NULL || strcmp(job, patch) != 0))
		print_known(stream, " ", job, " of");
	print_known(stream, " ", patch, "");
	print_who(stream, result, row);
	print_known(stream, ", from ", value(result, row, STORY_FILE), "");
	print_known(stream, " at ", value(result, row, STORY_REVISION), "");
	print_known(stream, ": ", value(result, row, STORY_COMMAND), "");
	putc('\n', stream);
}

/* Print what was done to an object: "altered table x (COMMENT)". */
static void
print_deed(FILE *stream, const PGresult *result, int row, const Deed *deed)
{
	const char *action = PQgetvalue(result, row, deed->action);

	report_escaped(stream, action);
	print_known(stream, " ", value(result, row, deed->type), "");
	print_known(stream, " ", value(result, row, deed->identity), "");
	print_known(stream, ", which was ", value(result, row, deed->previous),
				"");
	if (strcmp(action, "altered") == 0)
		print_known(stream, " (", value(result, row, deed->tag), ")");
}

/* Does an event begin in that row? */
static bool
is_first(const PGresult *result, int row)
{
	return row == 0 || strcmp(PQgetvalue(result, row - 1, STORY_NUMBER),
							  PQgetvalue(result, row, STORY_NUMBER)) != 0;
}

void
show_story_print(FILE *stream, const PGresult *result)
{
	int			i;

	for (i = 0; i < PQntuples(result); i++)
	{
		if (is_first(result, i))
			print_event(stream, result, i);
		if (!PQgetisnull(result, i, STORY_ACTION))
		{
			fputs("    ", stream);
			print_deed(stream, result, i, &deed_of_story);
			putc('\n', stream);
		}
	}
}

/* Print members of an object, after the first one. */
static void
print_members(const PGresult *result, int row, const Member *members,
			  int count)
{
	int			i;

	for (i = 0; i < count; i++)
		json_print_member(members[i].key,
						  value(result, row, members[i].column));
}

/* Print an object that has only members that are columns. */
static void
print_object(const PGresult *result, int row, const Member *members,
			 int count)
{
	json_begin_object(members[0].key, value(result, row, members[0].column));
	print_members(result, row, members + 1, count - 1);
	putchar('}');
}

/* Print an event, up to its changes. */
static void
begin_event(const PGresult *result, int row)
{
	const char *event = value(result, row, STORY_EVENT);

	json_begin_object("event", event == NULL ? "changed" : event);
	print_members(result, row, event_members, lengthof(event_members));
	json_print_key("changes");
	putchar('[');
}

void
show_story_print_array(const PGresult *result)
{
	int			i;

	putchar('[');
	for (i = 0; i < PQntuples(result); i++)
	{
		if (is_first(result, i))
		{
			fputs(i > 0 ? "]},\n  " : "\n  ", stdout);
			begin_event(result, i);
		}
		else
			fputs(", ", stdout);
		if (!PQgetisnull(result, i, STORY_ACTION))
			print_object(result, i, change_members,
						 lengthof(change_members));
	}
	fputs(i > 0 ? "]}]" : "]", stdout);
}

void
show_story_print_life(FILE *stream, const PGresult *result)
{
	int			i;

	for (i = 0; i < PQntuples(result); i++)
	{
		const char *event = value(result, i, LIFE_EVENT);
		const char *patch = value(result, i, LIFE_PATCH);

		fprintf(stream, "%s  ", PQgetvalue(result, i, LIFE_AT));
		print_deed(stream, result, i, &deed_of_life);
		print_known(stream, " by ", value(result, i, LIFE_ROLE), ", ");
		fputs(event_color(event), stream);
		report_escaped(stream, patch == NULL ? "outside any patch" : event);
		fputs(color_end(), stream);
		print_known(stream, " ", patch, "");
		putc('\n', stream);
	}
}

void
show_story_print_life_array(const PGresult *result)
{
	int			i;

	putchar('[');
	for (i = 0; i < PQntuples(result); i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		print_object(result, i, life_members, lengthof(life_members));
	}
	putchar(']');
}
