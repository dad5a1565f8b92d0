/*-------------------------------------------------------------------------
 *
 * sql/constant.c
 *		What an identifier or a string constant means
 *
 * Takes the quotes off, undoes the escapes, joins the pieces of a string
 * that is continued on later lines.  Escapes that name a character by its
 * number give UTF-8, as in a database of that encoding.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "sql/constant.h"

/* What becomes of a text while it is decoded */
typedef struct Decoder
{
	char	   *out;			/* where the next byte goes */
	pg_wchar	high_surrogate; /* waiting for its other half, or 0 */
	bool		is_valid;
} Decoder;

/* The value of a digit to the base 16, or -1. */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Read a number of at most "most" digits to that base; returns how many
 * there were.
 */
static int
read_digits(const char *p, const char *end, int base, int most,
			pg_wchar *value)
{
	int			count = 0;

	*value = 0;
	while (count < most && p + count < end)
	{
		int			digit = digit_value(p[count]);

		if (digit < 0 || digit >= base)
			break;
		*value = *value * base + digit;
		count++;
	}
	return count;
}

/* Put one byte; a lone half of a surrogate pair before it is an error. */
static void
put_byte(Decoder *decoder, char c)
{
	if (decoder->high_surrogate != 0 || c == '\0')
		decoder->is_valid = false;
	*decoder->out++ = c;
}

/*
 * Put a character by its number.  Its escape is never shorter than its
 * UTF-8, so that the room for the whole text suffices.
 */
static void
put_character(Decoder *decoder, pg_wchar c)
{
	if (decoder->high_surrogate != 0)
	{
		if (!is_utf16_surrogate_second(c))
			decoder->is_valid = false;
		else
			c = surrogate_pair_to_codepoint(decoder->high_surrogate, c);
		decoder->high_surrogate = 0;
	}
	else if (is_utf16_surrogate_first(c))
	{
		decoder->high_surrogate = c;
		return;
	}
	else if (is_utf16_surrogate_second(c))
		decoder->is_valid = false;

	if (c == 0 || c > 0x10FFFF)
		decoder->is_valid = false;
	else
	{
		unicode_to_utf8(c, (unsigned char *) decoder->out);
		decoder->out += c <= 0x7F ? 1 : c <= 0x7FF ? 2 : c <= 0xFFFF ? 3 : 4;
	}
}

/* Decode the escape after the backslash before p; returns its end. */
static const char *
decode_backslash(Decoder *decoder, const char *p, const char *end)
{
	static const char letters[] = "bfnrt";
	static const char meanings[] = "\b\f\n\r\t";
	const char *letter;
	pg_wchar	value;
	int			digits;

	if (p >= end)
		return p;
	if (*p == 'u' || *p == 'U')
	{
		int			wanted = *p == 'u' ? 4 : 8;

		digits = read_digits(p + 1, end, 16, wanted, &value);
		if (digits != wanted)
			decoder->is_valid = false;
		else
			put_character(decoder, value);
		return p + 1 + digits;
	}
	if (*p == 'x' && (digits = read_digits(p + 1, end, 16, 2, &value)) > 0)
	{
		put_byte(decoder, (char) value);
		return p + 1 + digits;
	}
	if ((digits = read_digits(p, end, 8, 3, &value)) > 0)
	{
		put_byte(decoder, (char) value);
		return p + digits;
	}
	letter = *p == '\0' ? NULL : strchr(letters, *p);
	put_byte(decoder, letter == NULL ? *p : meanings[letter - letters]);
	return p + 1;
}

/* Decode the escape of U&'' after the character before p. */
static const char *
decode_unicode(Decoder *decoder, const char *p, const char *end, char escape)
{
	pg_wchar	value;
	int			wanted = 4;

	if (p < end && *p == escape)
	{
		put_byte(decoder, escape);
		return p + 1;
	}
	if (p < end && *p == '+')
	{
		wanted = 6;
		p++;
	}
	if (read_digits(p, end, 16, wanted, &value) != wanted)
	{
		decoder->is_valid = false;
		return p;
	}
	put_character(decoder, value);
	return p + wanted;
}

/* Decode from after an opening quote; returns what follows the closing. */
static const char *
decode_quoted(Decoder *decoder, const SqlToken *token, const char *p,
			  const char *end, char quote)
{
	while (p < end)
	{
		char		c = *p++;

		if (c == quote)
		{
			if (p >= end || *p != quote)
				break;
			put_byte(decoder, *p++);
		}
		else if (c == '\\' && token->spelling == SQL_ESCAPES)
			p = decode_backslash(decoder, p, end);
		else if (c == token->escape && token->spelling == SQL_UNICODE)
			p = decode_unicode(decoder, p, end, c);
		else
			put_byte(decoder, c);
	}
	return p;
}

/* Decode a string or a quoted identifier with all its pieces. */
static void
decode_pieces(Decoder *decoder, const SqlToken *token)
{
	const char *end = token->start + token->length;
	char		quote = token->kind == SQL_IDENTIFIER ? '"' : '\'';
	const char *p = memchr(token->start, quote, token->length);

	for (p = p == NULL ? NULL : p + 1; p != NULL;)
	{
		p = decode_quoted(decoder, token, p, end, quote);
		p = quote == '"' ? NULL : sql_lexer_continue(p, end);
	}
	if (decoder->high_surrogate != 0)
		decoder->is_valid = false;
}

char *
sql_constant_decode(const SqlToken *token)
{
	char	   *result = pg_malloc(token->length + 5);
	Decoder		decoder = {result, 0, true};
	size_t		tag;
	size_t		i;

	switch (token->spelling)
	{
		case SQL_BARE:
			for (i = 0; i < token->length; i++)
				*decoder.out++ = sql_lexer_fold(token->start[i]);
			break;
		case SQL_DOLLAR:
			tag = (const char *) memchr(token->start + 1, '$',
										token->length - 1) -
				token->start + 1;
			memcpy(result, token->start + tag, token->length - 2 * tag);
			decoder.out += token->length - 2 * tag;
			break;
		case SQL_PLAIN:
		case SQL_ESCAPES:
		case SQL_UNICODE:
			decode_pieces(&decoder, token);
			break;
	}
	*decoder.out = '\0';

	if (!decoder.is_valid)
	{
		pg_free(result);
		return NULL;
	}
	return result;
}

bool
sql_constant_is(const SqlToken *token, const char *name)
{
	char	   *meaning;
	bool		result;

	if (token->kind != SQL_IDENTIFIER)
		return false;
	if (token->spelling == SQL_BARE)
		return sql_constant_is_keyword(token, name);
	meaning = sql_constant_decode(token);
	result = meaning != NULL && strcmp(meaning, name) == 0;
	pg_free(meaning);
	return result;
}

char *
sql_constant_excerpt(const SqlToken *token)
{
	const int	most = 40;
	int			length = (int) Min(token->length, (size_t) most);
	const char *line_end = memchr(token->start, '\n', length);

	if (token->kind == SQL_END || token->kind == SQL_SEND ||
		token->kind == SQL_DISCARD)
		return pg_strdup("the end of the statement");
	if (line_end != NULL)
		length = line_end - token->start;
	while (length > 0 && length < (int) token->length &&
		   (token->start[length] & 0xC0) == 0x80)
		length--;
	return psprintf("\"%.*s%s\"", length, token->start,
					length < (int) token->length ? "..." : "");
}

const char *
sql_constant_unterminated(const SqlToken *token)
{
	return *token->start == '/' ? "this comment has no end" :
		*token->start == '$' ? "this dollar quote has no end" :
		"this quote has no end";
}

bool
sql_constant_is_conflict_marker(const SqlToken *token)
{
	return token->kind == SQL_OPERATOR && token->length == 7 &&
		(memcmp(token->start, "<<<<<<<", 7) == 0 ||
		 memcmp(token->start, "=======", 7) == 0 ||
		 memcmp(token->start, ">>>>>>>", 7) == 0);
}
