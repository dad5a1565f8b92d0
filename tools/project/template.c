/*-------------------------------------------------------------------------
 *
 * project/template.c
 *		A patch and its rollback, to be filled in
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/buffer.h"
#include "base/report.h"
#include "fe_utils/string_utils.h"
#include "mb/pg_wchar.h"
#include "project/template.h"

/* How long a line may be before what comes after a list of names */
#define LONGEST_LINE 70

/* A file's name takes 255 bytes; what is put around this one needs some */
#define LONGEST_FILE_NAME 200

void
project_template_constant(PQExpBuffer text, const char *value)
{
	if (strchr(value, '\\') != NULL)
		appendPQExpBufferChar(text, 'E');

	/* The bytes are to stay what they are: they are of no encoding here */
	appendStringLiteral(text, value, PG_SQL_ASCII, false);
}

void
project_template_array(PQExpBuffer text, size_t line_start,
					   const SimpleStringList *names)
{
	const SimpleStringListCell *cell;
	PQExpBuffer constant;

	if (names->head == NULL)
	{
		appendPQExpBufferStr(text, "NULL");
		return;
	}
	constant = createPQExpBuffer();
	appendPQExpBufferStr(text, "ARRAY[");
	for (cell = names->head; cell != NULL; cell = cell->next)
	{
		resetPQExpBuffer(constant);
		project_template_constant(constant, cell->val);
		if (cell == names->head)
			;
		else if (text->len - line_start + constant->len <= LONGEST_LINE)
			appendPQExpBufferStr(text, ", ");
		else
		{
			appendPQExpBufferStr(text, ",\n");
			line_start = text->len;
			appendPQExpBufferStr(text, "    ");
		}
		appendPQExpBufferStr(text, constant->data);
	}
	appendPQExpBufferChar(text, ']');
	destroyPQExpBuffer(constant);
}

char *
project_template_patch(const char *name, const SimpleStringList *requirements)
{
	PQExpBufferData text;
	size_t		line_start;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, "BEGIN;\n");
	line_start = text.len;
	appendPQExpBufferStr(&text, "SELECT _v.register_patch(");
	project_template_constant(&text, name);
	appendPQExpBufferStr(&text, ", ");
	project_template_array(&text, line_start, requirements);
	appendPQExpBufferStr(&text, ", NULL);\n"
						 "\n"
						 "-- What the patch does goes here.\n"
						 "\n"
						 "COMMIT;\n");
	return buffer_finish(&text);
}

char *
project_template_rollback(const char *name)
{
	PQExpBufferData text;

	initPQExpBuffer(&text);
	appendPQExpBufferStr(&text, "BEGIN;\n"
						 "SELECT _v.unregister_patch(");
	project_template_constant(&text, name);
	appendPQExpBufferStr(&text, ");\n"
						 "\n"
						 "-- What takes back all that the patch does goes "
						 "here.\n"
						 "\n"
						 "COMMIT;\n");
	return buffer_finish(&text);
}

/* Is the character good for the name of a file, wherever it is used? */
static bool
is_good_in_file_name(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || IS_HIGHBIT_SET(c) ||
		strchr("-_.+@", c) != NULL;
}

char *
project_template_file_name(const char *name)
{
	char	   *result = pg_strdup(name);
	char	   *p;

	for (p = result; *p != '\0'; p++)
		if (!is_good_in_file_name(*p))
			*p = '_';
	if (result[0] == '.' || result[0] == '-')
		result[0] = '_';
	result[report_fitting(result, LONGEST_FILE_NAME)] = '\0';
	return result;
}
