/*-------------------------------------------------------------------------
 *
 * patch/type.c
 *		The names of PostgreSQL's string types
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/type.h"
#include "sql/constant.h"

/* Read "[ 3 ]", the number being optional, as often as it is there. */
static bool
read_brackets(PsqlScript *script, SqlToken *token)
{
	while (sql_constant_is_symbol(token, "["))
	{
		psql_script_next(script, token);
		if (token->kind == SQL_NUMBER)
			psql_script_next(script, token);
		if (!sql_constant_is_symbol(token, "]"))
			return false;
		psql_script_next(script, token);
	}
	return true;
}

/* The value of a number, or the greatest there is if it is greater. */
static size_t
number_value(const SqlToken *token)
{
	char	   *digits = pnstrdup(token->start, token->length);
	size_t		value = strtoul(digits, NULL, 10);

	pg_free(digits);
	return value;
}

/* Read "(n)" behind a type's name, if it is there, as its limit. */
static bool
read_limit(PsqlScript *script, SqlToken *token, SqlType *type)
{
	if (!sql_constant_is_symbol(token, "("))
		return true;
	psql_script_next(script, token);
	if (token->kind != SQL_NUMBER)
		return false;
	type->is_single = false;
	type->limit = number_value(token);
	psql_script_next(script, token);
	if (type->limit == 0 || !sql_constant_is_symbol(token, ")"))
		return false;
	psql_script_next(script, token);
	return true;
}

/* Read [NATIONAL] CHAR[ACTER] [VARYING], VARCHAR, BPCHAR. */
static bool
read_character_type(PsqlScript *script, SqlToken *token, SqlType *type)
{
	if (sql_constant_is_keyword(token, "national"))
		psql_script_next(script, token);

	if (sql_constant_is(token, "varchar"))
		psql_script_next(script, token);
	else if (sql_constant_is(token, "bpchar"))
	{
		type->is_padded = true;
		psql_script_next(script, token);
	}
	else
	{
		psql_script_next(script, token);
		if (sql_constant_is_keyword(token, "varying"))
			psql_script_next(script, token);
		else
		{
			type->is_padded = true;
			type->is_single = true;
			type->limit = 1;
		}
	}
	return read_limit(script, token, type);
}

/* Read the name of a type of strings, which may be qualified. */
static bool
read_name(PsqlScript *script, SqlToken *token, SqlType *type)
{
	static const char *const character_types[] = {
		"char", "character", "nchar", "national"
	};
	size_t		i;

	if (sql_constant_is(token, "pg_catalog"))
	{
		psql_script_next(script, token);
		if (!sql_constant_is_symbol(token, "."))
			return false;
		psql_script_next(script, token);
	}

	for (i = 0; i < lengthof(character_types); i++)
		if (sql_constant_is_keyword(token, character_types[i]))
			return read_character_type(script, token, type);
	if (sql_constant_is(token, "varchar") || sql_constant_is(token, "bpchar"))
		return read_character_type(script, token, type);

	type->is_array = sql_constant_is(token, "_text") ||
		sql_constant_is(token, "_varchar");
	if (sql_constant_is(token, "name") || sql_constant_is(token, "char"))
	{
		type->counts_bytes = true;
		type->limit = sql_constant_is(token, "name") ? NAMEDATALEN - 1 : 1;
	}
	else if (!type->is_array && !sql_constant_is(token, "text") &&
			 !sql_constant_is(token, "citext"))
		return false;
	psql_script_next(script, token);
	return true;
}

bool
patch_type_read(PsqlScript *script, SqlToken *token, SqlType *type)
{
	memset(type, 0, sizeof(*type));
	if (!read_name(script, token, type))
		return false;
	type->has_brackets = sql_constant_is_keyword(token, "array") ||
		sql_constant_is_symbol(token, "[");
	type->is_array |= type->has_brackets;
	if (sql_constant_is_keyword(token, "array"))
		psql_script_next(script, token);
	return read_brackets(script, token);
}

void
patch_type_coerce(const SqlType *type, char *text)
{
	char	   *end = text;

	if (type->limit > 0)
	{
		size_t		count = 0;

		while (*end != '\0')
		{
			char	   *next = end + 1;

			while ((*next & 0xC0) == 0x80)
				next++;
			count += type->counts_bytes ? next - end : 1;
			if (count > type->limit)
				break;
			end = next;
		}
		*end = '\0';
	}
	else
		end += strlen(end);
	while (type->is_padded && end > text && end[-1] == ' ')
		*--end = '\0';
}
