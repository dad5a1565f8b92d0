/*-------------------------------------------------------------------------
 *
 * project/recipe.c
 *		A recipe: patches that lack some names and values
 *
 * A recipe is a text.  Its head, of comments, has one entry a line:
 *
 *	-- recipe: what it is for
 *	-- relation: NAME what it means		(with a database: it must be there)
 *	-- value: NAME what it means
 *	-- query: asks the database for the value above
 *	-- default: the value above, if neither the user nor the database says one
 *	-- refuse: a query; if it has a row, that is why it cannot be done
 *
 * Lines that begin with "--" and four blanks go on with the entry above.
 * Everything else in the head is for readers.  After it come the files, each
 * with a line before it:
 *
 *	-- patch: KEY
 *	-- rollback: KEY
 *
 * That is for the patch NAME-KEY, or for NAME if there is no key.  With " if
 * ENTRY" the file is only made if that entry has a value that is not empty.
 *
 * Placeholders are psql's, :name, :'name' and :"name"; unlike there they count
 * everywhere, in strings and comments as well.  A line that is nothing but a
 * placeholder, or a comment of one, is left out if the value is empty, and if
 * the value has several lines, each of them begins like the first one.  Where
 * the recipe has $$ and a value would end that, another quote is written.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/file_bytes.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "project/recipe.h"
#include "project/template.h"

/* Lines of the head that go on with the one before begin with this. */
#define CONTINUATION "--    "

/* What a name may consist of, as a variable's of psql */
#define NAME_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The head while it is read */
typedef struct HeadReader
{
	Recipe	   *recipe;
	char	  **field;			/* what the next line goes on with, or NULL */
	char		separator;		/* what comes between the two */
	ProblemList *problems;
} HeadReader;

/* Copy a text without the blanks around it. */
static char *
copy_trimmed(const char *text)
{
	size_t		length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
		length--;
	return pnstrdup(text, length);
}

/* What follows the word in the line, or NULL if it does not begin with it. */
static const char *
after_word(const char *line, const char *word)
{
	size_t		length = strlen(word);

	return strncmp(line, word, length) == 0 ? line + length : NULL;
}

/* Append an entry, all of it empty. */
static RecipeEntry *
append_entry(Recipe *recipe, RecipeEntryKind kind, int line)
{
	RecipeEntry *entry;

	ARRAY_MAKE_ROOM(recipe->entries, recipe->entry_count);
	entry = &recipe->entries[recipe->entry_count++];
	memset(entry, 0, sizeof(RecipeEntry));
	entry->kind = kind;
	entry->line = line;
	return entry;
}

/* Begin an entry with a name: the first word, before what it means. */
static void
begin_entry(HeadReader *reader, RecipeEntryKind kind, const char *text,
			int line)
{
	RecipeEntry *entry;
	char	   *rest = copy_trimmed(text);
	size_t		length = strspn(rest, NAME_CHARACTERS);
	char	   *name = pnstrdup(rest, length);

	if (length == 0 || project_recipe_find(reader->recipe, name) != NULL)
		problem_found(reader->problems, PROBLEM_NOT_UNDERSTOOD,
					  reader->recipe->path, line, length == 0 ?
					  "this should begin with a name" :
					  "this name was given already");
	entry = append_entry(reader->recipe, kind, line);
	entry->name = name;
	entry->meaning = copy_trimmed(rest + length);
	reader->field = &entry->meaning;
	reader->separator = ' ';
	pg_free(rest);
}

/* Set a field, unless there is none or it is set already. */
static void
begin_field(HeadReader *reader, char **field, const char *text, int line)
{
	if (field == NULL || *field != NULL)
	{
		problem_found(reader->problems, PROBLEM_NOT_UNDERSTOOD,
					  reader->recipe->path, line, field == NULL ?
					  "there is no \"value:\" before this" :
					  "this was given already");
		return;
	}
	*field = copy_trimmed(text);
	reader->field = field;
	reader->separator = '\n';
}

/* The last entry with a name, or NULL. */
static RecipeEntry *
last_value(const Recipe *recipe)
{
	RecipeEntry *last = recipe->entry_count == 0 ? NULL :
		&recipe->entries[recipe->entry_count - 1];

	return last == NULL || last->kind != RECIPE_VALUE ? NULL : last;
}

/* Go on with the field. */
static void
continue_field(HeadReader *reader, const char *text)
{
	char	  **field = reader->field;
	char	   *rest = copy_trimmed(text);
	char	   *whole = psprintf("%s%c%s", *field, reader->separator, rest);

	pg_free(rest);
	pg_free(*field);
	*field = whole;
}

/* Read a line of the head. */
static void
read_head_line(HeadReader *reader, const char *line, int number)
{
	Recipe	   *recipe = reader->recipe;
	RecipeEntry *value = last_value(recipe);
	const char *rest;

	if ((rest = after_word(line, CONTINUATION)) != NULL &&
		reader->field != NULL)
	{
		continue_field(reader, rest);
		return;
	}
	reader->field = NULL;
	if ((rest = after_word(line, "-- recipe:")) != NULL)
		begin_field(reader, &recipe->summary, rest, number);
	else if ((rest = after_word(line, "-- relation:")) != NULL)
		begin_entry(reader, RECIPE_RELATION, rest, number);
	else if ((rest = after_word(line, "-- value:")) != NULL)
		begin_entry(reader, RECIPE_VALUE, rest, number);
	else if ((rest = after_word(line, "-- query:")) != NULL)
		begin_field(reader, value == NULL ? NULL : &value->query, rest,
					number);
	else if ((rest = after_word(line, "-- default:")) != NULL)
		begin_field(reader, value == NULL ? NULL : &value->standard, rest,
					number);
	else if ((rest = after_word(line, "-- refuse:")) != NULL)
		begin_field(reader, &append_entry(recipe, RECIPE_REFUSAL,
										  number)->query, rest, number);
	else if (line[0] != '\0' && after_word(line, "--") == NULL)
		problem_found(reader->problems, PROBLEM_NOT_UNDERSTOOD, recipe->path,
					  number, "there is no \"-- patch:\" before this");
}

/* Begin a file if the line says so. */
static bool
begin_file(Recipe *recipe, const char *line, int number)
{
	const char *rest = after_word(line, "-- patch:");
	bool		is_rollback = rest == NULL;
	RecipeFile *file;
	char	   *condition;

	if (is_rollback)
		rest = after_word(line, "-- rollback:");
	if (rest == NULL)
		return false;

	ARRAY_MAKE_ROOM(recipe->files, recipe->file_count);
	file = &recipe->files[recipe->file_count++];
	memset(file, 0, sizeof(RecipeFile));
	file->is_rollback = is_rollback;
	file->line = number + 1;
	file->key = pg_strdup(rest);
	condition = strstr(file->key, " if ");
	if (condition != NULL)
	{
		file->condition = copy_trimmed(condition + strlen(" if "));
		*condition = '\0';
	}
	condition = file->key;
	file->key = copy_trimmed(condition);
	pg_free(condition);
	return true;
}

/* Append a line to a file; empty ones before the first do not count. */
static void
append_line(RecipeFile *file, const char *line)
{
	char	   *text;

	if (file->text == NULL && line[0] == '\0')
	{
		file->line++;
		return;
	}
	text = psprintf("%s%s\n", file->text == NULL ? "" : file->text, line);
	pg_free(file->text);
	file->text = text;
}

/* Remove the empty lines at the end of each file. */
static void
trim_files(Recipe *recipe)
{
	int			i;

	for (i = 0; i < recipe->file_count; i++)
	{
		char	   *text = recipe->files[i].text;
		size_t		length = text == NULL ? 0 : strlen(text);

		if (text == NULL)
			recipe->files[i].text = pg_strdup("");
		while (length > 1 && text[length - 2] == '\n')
			text[--length] = '\0';
	}
}

/* Read all lines, which are taken apart. */
static void
read_lines(Recipe *recipe, char *text, ProblemList *problems)
{
	HeadReader	reader = {recipe, NULL, '\n', problems};
	int			number = 0;
	char	   *line;

	while ((line = strsep(&text, "\n")) != NULL)
	{
		size_t		length = strlen(line);

		number++;
		if (length > 0 && line[length - 1] == '\r')
			line[length - 1] = '\0';
		if (begin_file(recipe, line, number))
			continue;
		if (recipe->file_count > 0)
			append_line(&recipe->files[recipe->file_count - 1], line);
		else
			read_head_line(&reader, line, number);
	}
	trim_files(recipe);
	if (recipe->file_count == 0)
		problem_found(problems, PROBLEM_NOT_UNDERSTOOD, recipe->path, 0,
					  "a recipe should have a line \"-- patch:\"");
}

Recipe *
project_recipe_read(const char *path, ProblemList *problems)
{
	Recipe	   *recipe;
	FileBytes	bytes = {0};
	char	   *text;
	int			before = problems->count;

	if (!file_bytes_open(&bytes, path))
	{
		problem_found(problems, PROBLEM_UNREADABLE, path, 0,
					  "could not read: %s", strerror(errno));
		file_bytes_free(&bytes);
		return NULL;
	}
	recipe = pg_malloc0(sizeof(Recipe));
	recipe->path = pg_strdup(path);
	text = pnstrdup(bytes.text, bytes.length);
	file_bytes_free(&bytes);
	read_lines(recipe, text, problems);
	pg_free(text);
	if (problems->count == before)
		return recipe;
	project_recipe_free(recipe);
	return NULL;
}

RecipeEntry *
project_recipe_find(const Recipe *recipe, const char *name)
{
	int			i;

	for (i = 0; i < recipe->entry_count; i++)
		if (recipe->entries[i].name != NULL &&
			strcmp(recipe->entries[i].name, name) == 0)
			return &recipe->entries[i];
	return NULL;
}

void
project_recipe_define(Recipe *recipe, const char *name, const char *value)
{
	RecipeEntry *entry = project_recipe_find(recipe, name);

	if (entry == NULL)
	{
		entry = append_entry(recipe, RECIPE_BUILT_IN, 0);
		entry->name = pg_strdup(name);
	}
	pg_free(entry->value);
	entry->value = pg_strdup(value);
}

/* The last line of what was written so far. */
static const char *
last_line(PQExpBuffer result)
{
	const char *start = strrchr(result->data, '\n');

	return start == NULL ? result->data : start + 1;
}

/* How long the beginning of a comment is, or 0 if the line is none. */
static size_t
comment_length(const char *line)
{
	size_t		indent = strspn(line, " ");

	return strncmp(line + indent, "--", 2) != 0 ? 0 :
		indent + 2 + strspn(line + indent + 2, " ");
}

/*
 * Append a value whose lines all begin as the first one does: with its blanks
 * or, in a comment, with the beginning of that.  So no value ends a comment; a
 * carriage return would do that, too.
 */
static void
append_lines(PQExpBuffer result, const char *value)
{
	const char *line = last_line(result);
	size_t		length = comment_length(line);
	const char *ends = length > 0 ? "\r\n" : "\n";
	char	   *beginning;
	const char *p;

	if (length == 0 && line[strspn(line, " ")] == '\0')
		length = strlen(line);
	beginning = pnstrdup(line, length);
	for (p = value; *p != '\0'; p++)
	{
		appendPQExpBufferChar(result, *p);
		if (strchr(ends, *p) != NULL)
			appendPQExpBufferStr(result, beginning);
	}
	pg_free(beginning);
}

/*
 * A placeholder at the colon: its name, to be freed, its quote or '\0', and
 * its end.  Returns NULL if it is none.
 */
static char *
read_placeholder(const char *colon, char *quote, const char **end)
{
	const char *name = colon + 1;
	size_t		length;

	*quote = *name == '\'' || *name == '"' ? *name++ : '\0';
	length = strspn(name, NAME_CHARACTERS);
	if (length == 0 || isdigit((unsigned char) *name) ||
		(*quote != '\0' && name[length] != *quote))
		return NULL;
	*end = name + length + (*quote != '\0' ? 1 : 0);
	return pnstrdup(name, length);
}

/*
 * Take the line's beginning back if it has only blanks, or that of a comment,
 * and nothing follows: then the line is left out, and its end is returned.
 */
static const char *
leave_out_line(PQExpBuffer result, const char *end)
{
	const char *line = last_line(result);
	size_t		length = strlen(line);

	if (*end != '\n' ||
		(strspn(line, " ") != length && comment_length(line) != length))
		return end;
	result->len -= length;
	result->data[result->len] = '\0';
	return end + 1;
}

/* Append a value as its placeholder wants it; returns where to go on. */
static const char *
append_value(PQExpBuffer result, const char *value, char quote,
			 const char *end)
{
	if (quote == '\'')
		project_template_constant(result, value);
	else if (quote == '"')
		appendPQExpBufferStr(result, fmtId(value));
	else if (value[0] != '\0')
		append_lines(result, value);
	else
		return leave_out_line(result, end);
	return end;
}

/* Fill in the placeholder at the colon; returns where to go on. */
static const char *
fill_placeholder(const Recipe *recipe, PQExpBuffer result, const char *colon,
				 int line, ProblemList *problems)
{
	const RecipeEntry *entry;
	const char *end;
	char		quote;
	char	   *name = read_placeholder(colon, &quote, &end);

	if (name == NULL)
	{
		/* Of two colons, neither begins a placeholder */
		int			length = colon[1] == ':' ? 2 : 1;

		appendBinaryPQExpBuffer(result, colon, length);
		return colon + length;
	}
	entry = project_recipe_find(recipe, name);
	if (entry != NULL && entry->value != NULL)
		end = append_value(result, entry->value, quote, end);
	else
		problem_found(problems, PROBLEM_NOT_UNDERSTOOD, recipe->path, line,
					  "placeholder :%s has no value%s", name,
					  entry == NULL ? ": the recipe has no such entry" :
					  " yet");
	pg_free(name);
	return end;
}

/* Is there a value with that in it? */
static bool
has_in_value(const Recipe *recipe, const char *text)
{
	int			i;

	for (i = 0; i < recipe->entry_count; i++)
		if (recipe->entries[i].value != NULL &&
			strstr(recipe->entries[i].value, text) != NULL)
			return true;
	return false;
}

/* What is written for $$: another quote if a value would end that one. */
static char *
choose_dollar_quote(const Recipe *recipe)
{
	char	   *quote = pg_strdup("$$");

	while (has_in_value(recipe, quote))
	{
		char	   *longer = psprintf("$_%s", quote + 1);

		pg_free(quote);
		quote = longer;
	}
	return quote;
}

char *
project_recipe_fill(const Recipe *recipe, const char *text, int line,
					ProblemList *problems)
{
	PQExpBuffer result = createPQExpBuffer();
	char	   *dollar_quote = choose_dollar_quote(recipe);
	int			before = problems->count;
	char	   *filled = NULL;

	while (*text != '\0')
	{
		if (*text == ':')
		{
			const char *end = fill_placeholder(recipe, result, text, line,
											   problems);

			line += end[-1] == '\n' ? 1 : 0;
			text = end;
			continue;
		}
		if (strncmp(text, "$$", 2) == 0)
		{
			appendPQExpBufferStr(result, dollar_quote);
			text += 2;
			continue;
		}
		line += *text == '\n' ? 1 : 0;
		appendPQExpBufferChar(result, *text++);
	}
	if (problems->count == before)
		filled = pg_strdup(result->data);
	pg_free(dollar_quote);
	destroyPQExpBuffer(result);
	return filled;
}

void
project_recipe_free(Recipe *recipe)
{
	int			i;

	for (i = 0; i < recipe->entry_count; i++)
	{
		pg_free(recipe->entries[i].name);
		pg_free(recipe->entries[i].meaning);
		pg_free(recipe->entries[i].query);
		pg_free(recipe->entries[i].standard);
		pg_free(recipe->entries[i].value);
	}
	for (i = 0; i < recipe->file_count; i++)
	{
		pg_free(recipe->files[i].key);
		pg_free(recipe->files[i].condition);
		pg_free(recipe->files[i].text);
	}
	pg_free(recipe->entries);
	pg_free(recipe->files);
	pg_free(recipe->summary);
	pg_free(recipe->path);
	pg_free(recipe);
}
