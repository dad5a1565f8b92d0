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
#include "fe_utils/print.h"
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

/* Print the line of a change: "altered table x (COMMENT)". */
static void
print_change(FILE *stream, const PGresult *result, int row)
{
	const char *action = PQgetvalue(result, row, STORY_ACTION);

	fputs("    ", stream);
	report_escaped(stream, action);
	print_known(stream, " ", value(result, row, STORY_TYPE), "");
	print_known(stream, " ", value(result, row, STORY_IDENTITY), "");
	print_known(stream, ", which was ", value(result, row, STORY_PREVIOUS),
				"");
	if (strcmp(action, "altered") == 0)
		print_known(stream, " (", value(result, row, STORY_TAG), ")");
	putc('\n', stream);
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
			print_change(stream, result, i);
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
	const char *first = value(result, row, members[0].column);

	printf("{\"%s\": ", members[0].key);
	if (first == NULL)
		fputs("null", stdout);
	else
		json_print_string(first);
	print_members(result, row, members + 1, count - 1);
	putchar('}');
}

/* Print an event, up to its changes. */
static void
begin_event(const PGresult *result, int row)
{
	const char *event = value(result, row, STORY_EVENT);

	fputs("{\"event\": ", stdout);
	json_print_string(event == NULL ? "changed" : event);
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

/* The cell that says with which patch an object was changed. */
static char *
patch_cell(const PGresult *result, int row)
{
	const char *patch = value(result, row, LIFE_PATCH);
	const char *event = value(result, row, LIFE_EVENT);

	if (patch == NULL)
		return pg_strdup("(outside any)");
	if (event == NULL || strcmp(event, "applied") == 0)
		return pg_strdup(patch);
	return psprintf("%s (%s)", patch, event);
}

/* The cell that says which object it was. */
static char *
object_cell(const PGresult *result, int row)
{
	const char *previous = value(result, row, LIFE_PREVIOUS);
	char	   *text = psprintf("%s %s", PQgetvalue(result, row, LIFE_TYPE),
								PQgetvalue(result, row, LIFE_IDENTITY));
	char	   *longer;

	if (previous == NULL)
		return text;
	longer = psprintf("%s, which was %s", text, previous);
	pg_free(text);
	return longer;
}

void
show_story_print_life(FILE *stream, const PGresult *result, int encoding,
					  int columns)
{
	static const char *const headers[] = {
		"when", "patch", "by", "what", "object", "command"
	};
	printTableOpt options = {0};
	printTableContent table;
	size_t		i;
	int			n;

	options.format = columns > 0 ? PRINT_WRAPPED : PRINT_ALIGNED;
	options.columns = columns;
	options.border = 1;
	options.start_table = options.stop_table = true;
	options.encoding = encoding;

	printTableInit(&table, &options, NULL, lengthof(headers),
				   PQntuples(result));
	for (i = 0; i < lengthof(headers); i++)
		printTableAddHeader(&table, unconstify(char *, headers[i]), false,
							'l');
	for (n = 0; n < PQntuples(result); n++)
	{
		printTableAddCell(&table, PQgetvalue(result, n, LIFE_AT), false,
						  false);
		printTableAddCell(&table, patch_cell(result, n), false, true);
		printTableAddCell(&table, PQgetvalue(result, n, LIFE_ROLE), false,
						  false);
		printTableAddCell(&table, PQgetvalue(result, n, LIFE_ACTION), false,
						  false);
		printTableAddCell(&table, object_cell(result, n), false, true);
		printTableAddCell(&table, PQgetvalue(result, n, LIFE_TAG), false,
						  false);
	}
	printTable(&table, stream, false, NULL);
	printTableCleanup(&table);
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
