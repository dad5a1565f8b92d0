/*-------------------------------------------------------------------------
 *
 * psql_settings.c
 *		The variables and the output format of a psql session
 *
 * What a script has done to them is known from two listings, one taken when
 * the session was fresh and one taken now: those that \set and \pset print
 * without arguments.  Nothing here knows which variables or settings there
 * are, so that every release of psql, which adds some, is served.
 *
 * A listing of variables is not quoted: the value of one may look like
 * further ones.  But psql sorts them by name, so that what cannot be told
 * apart shows as a name out of order.  Then, and whenever something else is
 * strange, we say that we do not understand; a new psql is the remedy.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql_settings.h"

/* Parts of a listing, which owns the text */
typedef struct Variable
{
	const char *name;
	size_t		name_length;
	const char *value;
	size_t		value_length;
} Variable;

typedef struct VariableList
{
	Variable   *items;
	int			count;
	int			space;
} VariableList;

/* What stands between a name and its value, whose end is one more quote */
static const char equals[] = " = '";

/* Variables that belong to the connection: it cannot be put back by them. */
static const char *const of_connection[] = {
	"DBNAME", "HOST", "PORT", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM",
	"USER", NULL
};

/* Variables that the next query sets, or DISCARD ALL */
static const char *const of_query[] = {
	"ENCODING", "ERROR", "ROW_COUNT", "SQLSTATE", NULL
};

/* Append a text as one argument of a command of psql's. */
void
psql_settings_append_quoted(PQExpBuffer commands, const char *text,
							size_t length)
{
	const char *end = text + length;

	appendPQExpBufferChar(commands, '\'');
	for (; text < end; text++)
	{
		switch (*text)
		{
			case '\n':
				appendPQExpBufferStr(commands, "\\n");
				break;
			case '\r':
				appendPQExpBufferStr(commands, "\\r");
				break;
			case '\'':
			case '\\':
				appendPQExpBufferChar(commands, '\\');
				appendPQExpBufferChar(commands, *text);
				break;
			default:
				appendPQExpBufferChar(commands, *text);
		}
	}
	appendPQExpBufferChar(commands, '\'');
}

/* The length of the name if a variable begins here in a listing, else 0. */
static size_t
name_length(const char *text)
{
	const char *end = strstr(text, equals);
	const char *p;

	if (end == NULL)
		return 0;
	for (p = text; p < end; p++)
		if (!isalnum((unsigned char) *p) && *p != '_' &&
			!IS_HIGHBIT_SET(*p))
			return 0;
	return end - text;
}

/*
 * The end of a value that begins here: the quote before the end of a line
 * behind which there is another variable or nothing.  NULL if there is none.
 */
static const char *
value_end(const char *text)
{
	const char *p = text;

	while ((p = strstr(p, "'\n")) != NULL)
	{
		if (p[2] == '\0' || name_length(p + 2) > 0)
			return p;
		p++;
	}
	return NULL;
}

/* Compare two names as psql sorts them. */
static int
compare_names(const Variable *a, const Variable *b)
{
	int			result = memcmp(a->name, b->name,
								Min(a->name_length, b->name_length));

	if (result == 0 && a->name_length != b->name_length)
		result = a->name_length < b->name_length ? -1 : 1;
	return result;
}

/* Read a listing.  Returns false if it cannot be understood. */
static bool
read_variables(VariableList *list, const char *listing)
{
	memset(list, 0, sizeof(*list));
	while (*listing != '\0')
	{
		Variable	variable;
		const char *end;

		variable.name = listing;
		variable.name_length = name_length(listing);
		if (variable.name_length == 0)
			return false;
		variable.value = listing + variable.name_length + strlen(equals);
		end = value_end(variable.value);
		if (end == NULL)
			return false;
		variable.value_length = end - variable.value;
		listing = end + 2;

		if (list->count > 0 &&
			compare_names(&list->items[list->count - 1], &variable) >= 0)
			return false;
		if (list->count == list->space)
		{
			list->space = list->space == 0 ? 64 : 2 * list->space;
			list->items = pg_realloc(list->items,
									 list->space * sizeof(Variable));
		}
		list->items[list->count++] = variable;
	}
	return true;
}

/* Is the variable one of these? */
static bool
is_one_of(const Variable *variable, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == variable->name_length &&
			memcmp(*names, variable->name, variable->name_length) == 0)
			return true;
	return false;
}

/*
 * Append a command that gives a variable its fresh value (NULL: none).
 * Returns false if there is no such command.
 */
static bool
restore_variable(PQExpBuffer commands, const Variable *fresh,
				 const Variable *now)
{
	const Variable *either = fresh != NULL ? fresh : now;

	if (fresh != NULL && now != NULL &&
		fresh->value_length == now->value_length &&
		memcmp(fresh->value, now->value, now->value_length) == 0)
		return true;
	if (is_one_of(either, of_query))
		return true;
	if (is_one_of(either, of_connection))
		return false;

	appendPQExpBuffer(commands, "\\%s %.*s", fresh != NULL ? "set" : "unset",
					  (int) either->name_length, either->name);
	if (fresh != NULL)
	{
		appendPQExpBufferChar(commands, ' ');
		psql_settings_append_quoted(commands, fresh->value,
									fresh->value_length);
	}
	appendPQExpBufferChar(commands, '\n');
	return true;
}

/*
 * Append the commands that make the variables of the listing "now" those of
 * the listing "fresh".  Returns false if that cannot be done.
 */
bool
psql_settings_restore_variables(PQExpBuffer commands, const char *fresh,
								const char *now)
{
	VariableList was;
	VariableList is;
	bool		result;
	int			i = 0;
	int			j = 0;

	if (strcmp(fresh, now) == 0)
		return true;

	memset(&is, 0, sizeof(is));
	result = read_variables(&was, fresh) && read_variables(&is, now);
	while (result && (i < was.count || j < is.count))
	{
		Variable   *old = i < was.count ? &was.items[i] : NULL;
		Variable   *new = j < is.count ? &is.items[j] : NULL;
		int			order = old == NULL ? 1 : new == NULL ? -1 :
			compare_names(old, new);

		result = restore_variable(commands, order <= 0 ? old : NULL,
								  order >= 0 ? new : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	pg_free(was.items);
	pg_free(is.items);
	return result;
}

/*
 * Append the command that puts back the setting that a line shows.  The
 * lines are such that psql takes them for arguments, but for separators
 * which are a zero byte: these are so if they are named at all, and are not
 * any more when the separator is given.
 */
static void
restore_format(PQExpBuffer commands, const char *listing, const char *line)
{
	static const char zero[] = "_zero";
	size_t		length = strcspn(line, " \n");

	if (length > strlen(zero) &&
		strncmp(line + length - strlen(zero), zero, strlen(zero)) == 0)
	{
		length -= strlen(zero);
		while (strncmp(listing, line, length) != 0 || listing[length] != ' ')
		{
			listing += strcspn(listing, "\n") + 1;
			if (*listing == '\0')
				return;
		}
		line = listing;
	}
	appendPQExpBuffer(commands, "\\pset %.*s\n", (int) strcspn(line, "\n"),
					  line);
}

/*
 * Append the commands that make the format of the listing "now" that of the
 * listing "fresh".  Returns false if that cannot be done.
 */
bool
psql_settings_restore_formats(PQExpBuffer commands, const char *fresh,
							  const char *now)
{
	const char *listing = fresh;

	while (*fresh != '\0' && *now != '\0')
	{
		size_t		was = strcspn(fresh, "\n");
		size_t		is = strcspn(now, "\n");
		size_t		name = strcspn(fresh, " \n");

		if (fresh[was] == '\0' || now[is] == '\0' ||
			name != strcspn(now, " \n") || memcmp(fresh, now, name) != 0)
			return false;
		if (was != is || memcmp(fresh, now, is) != 0)
			restore_format(commands, listing, fresh);
		fresh += was + 1;
		now += is + 1;
	}
	return *fresh == *now;
}
