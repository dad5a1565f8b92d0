/*-------------------------------------------------------------------------
 *
 * base/json.c
 *		JSON on standard output
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "mb/pg_wchar.h"

/* What stands for a byte that is not UTF-8 */
#define REPLACEMENT 0xFFFD

/* Print a character of a string; returns how many bytes it has. */
static int
print_character(const char *text)
{
	const unsigned char *bytes = (const unsigned char *) text;
	int			length = pg_encoding_mblen(PG_UTF8, text);

	if (*bytes == '"' || *bytes == '\\')
		printf("\\%c", *bytes);
	else if (*bytes < ' ' || *bytes == 0x7F)
		printf("\\u%04x", *bytes);
	else if (bytes[0] == 0xC2 && bytes[1] >= 0x80 && bytes[1] < 0xA0)
	{
		/* U+0080 to U+009F control a terminal, too */
		printf("\\u%04x", bytes[1]);
		return length;
	}
	else if ((int) strnlen(text, length) == length &&
			 pg_utf8_islegal(bytes, length))
	{
		fwrite(text, 1, length, stdout);
		return length;
	}
	else
		printf("\\u%04x", REPLACEMENT);
	return 1;
}

void
json_print_string(const char *text)
{
	putchar('"');
	while (*text != '\0')
		text += print_character(text);
	putchar('"');
}

/* Print a string, or null. */
static void
print_value(const char *value)
{
	if (value == NULL)
		fputs("null", stdout);
	else
		json_print_string(value);
}

void
json_begin_object(const char *key, const char *value)
{
	printf("{\"%s\": ", key);
	print_value(value);
}

void
json_print_key(const char *key)
{
	printf(", \"%s\": ", key);
}

void
json_print_member(const char *key, const char *value)
{
	json_print_key(key);
	print_value(value);
}

void
json_print_text(const char *key, const char *text)
{
	json_print_member(key, text[0] == '\0' ? NULL : text);
}

void
json_print_boolean(const char *key, bool value)
{
	json_print_key(key);
	fputs(value ? "true" : "false", stdout);
}

void
json_print_number(const char *key, int64 value)
{
	json_print_key(key);
	printf(INT64_FORMAT, value);
}

void
json_print_array(const char *key, char *const *values, int count)
{
	int			i;

	json_print_key(key);
	putchar('[');
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			fputs(", ", stdout);
		json_print_string(values[i]);
	}
	putchar(']');
}

void
json_print_list(const char *key, const SimpleStringList *list)
{
	const SimpleStringListCell *cell;

	json_print_key(key);
	putchar('[');
	for (cell = list->head; cell != NULL; cell = cell->next)
	{
		if (cell != list->head)
			fputs(", ", stdout);
		json_print_string(cell->val);
	}
	putchar(']');
}
