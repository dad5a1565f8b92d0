/*-------------------------------------------------------------------------
 *
 * sandbox/list.c
 *		Which sandboxes and templates there are
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "base/report.h"
#include "fe_utils/print.h"
#include "sandbox/list.h"
#include "sandbox/mark.h"

/* More columns: the size, for people and for programs, as far as is known */
#define SIZE "CASE WHEN pg_catalog.has_database_privilege(m.oid, 'CONNECT')" \
	" THEN pg_catalog.pg_database_size(m.oid) END"
#define MORE ", pg_catalog.pg_size_pretty(" SIZE "), " SIZE \
	", pg_catalog.left(pg_catalog.to_char(m.made," \
	" 'YYYY-MM-DD HH24:MI:SS'), 16)"

enum
{
	PRETTY_SIZE = SANDBOX_MARK_MORE, BYTES, MINUTE
};

/* Is the database of that row a template? */
static bool
is_template(const PGresult *marks, int row)
{
	return strcmp(PQgetvalue(marks, row, SANDBOX_MARK_KIND),
				  SANDBOX_MARK_TEMPLATE) == 0;
}

/* Add a line about a template below a table; its name is long. */
static void
add_template(printTableContent *table, const PGresult *marks, int row)
{
	char	   *line = psprintf("%s (%s, %s, %s)",
								PQgetvalue(marks, row, SANDBOX_MARK_NAME),
								PQgetvalue(marks, row, SANDBOX_MARK_CONTENT),
								PQgetvalue(marks, row, MINUTE),
								PQgetvalue(marks, row, PRETTY_SIZE));

	printTableAddFooter(table, report_printable(line));
	pg_free(line);
}

/* Print a table of sandboxes, and the templates below it. */
static void
print_table(const PGresult *marks, int encoding)
{
	static const struct
	{
		const char *header;
		int			column;
		char		alignment;
	}			columns[] = {
		{"sandbox", SANDBOX_MARK_NAME, 'l'},
		{"made of", SANDBOX_MARK_CONTENT, 'l'}, {"made", MINUTE, 'l'},
		{"by", SANDBOX_MARK_BY, 'l'}, {"size", PRETTY_SIZE, 'r'},
		{"sessions", SANDBOX_MARK_SESSIONS, 'r'}
	};
	printTableOpt options = {0};
	printTableContent table;
	int			count = 0;
	int			i;
	size_t		j;

	/* Templates come last */
	while (count < PQntuples(marks) && !is_template(marks, count))
		count++;
	options.format = PRINT_WRAPPED;
	options.border = 1;
	options.start_table = options.stop_table = true;
	options.encoding = encoding;
	printTableInit(&table, &options, NULL, lengthof(columns), count);
	for (j = 0; j < lengthof(columns); j++)
		printTableAddHeader(&table, unconstify(char *, columns[j].header),
							false, columns[j].alignment);
	for (i = 0; i < count; i++)
		for (j = 0; j < lengthof(columns); j++)
			printTableAddCell(&table, PQgetvalue(marks, i, columns[j].column),
							  false, false);
	for (; i < PQntuples(marks); i++)
		add_template(&table, marks, i);
	printTable(&table, stdout, false, NULL);
	printTableCleanup(&table);
}

/* Print the object of a database. */
static void
print_object(const PGresult *marks, int row)
{
	static const char *const keys[] = {
		[SANDBOX_MARK_KIND] = "kind", [SANDBOX_MARK_DIGITS] = "digest",
		[SANDBOX_MARK_CONTENT] = "made_of", [SANDBOX_MARK_MADE] = "made_at",
		[SANDBOX_MARK_BY] = "made_by", [SANDBOX_MARK_OWNER] = "owner"
	};
	size_t		i;

	json_begin_object("name", PQgetvalue(marks, row, SANDBOX_MARK_NAME));
	for (i = SANDBOX_MARK_KIND; i < lengthof(keys); i++)
		json_print_member(keys[i], PQgetvalue(marks, row, i));
	json_print_key("size");
	fputs(PQgetisnull(marks, row, BYTES) ? "null" :
		  PQgetvalue(marks, row, BYTES), stdout);
	json_print_number("sessions",
					  atoi(PQgetvalue(marks, row, SANDBOX_MARK_SESSIONS)));
	putchar('}');
}

/* Print them all as JSON. */
static void
print_json(const PGresult *marks)
{
	int			i;

	fputs("{\"sandboxes\": [", stdout);
	for (i = 0; i < PQntuples(marks); i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		print_object(marks, i);
	}
	puts("]}");
}

bool
sandbox_list_print(PGconn *conn, bool is_json)
{
	PGresult   *marks = sandbox_mark_read(conn, MORE, "true", NULL);

	if (marks == NULL)
		return false;
	if (is_json)
		print_json(marks);
	else
		print_table(marks, PQclientEncoding(conn));
	PQclear(marks);
	return true;
}
