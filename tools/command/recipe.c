/*-------------------------------------------------------------------------
 *
 * command/recipe.c
 *		The recipes that there are, and what one lacks
 *
 * The queries of a recipe are run in one transaction, with an empty
 * search_path: so what the server calls a table or a type has its schema, and
 * nobody else's functions are called.  Only the names of relations are looked
 * up as the user's sessions, and so the patches, do it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <dirent.h>
#include <unistd.h>

#include "base/fe_compat.h"
#include "base/report.h"
#include "command/recipe.h"
#include "pqexpbuffer.h"

/* Where a project has recipes of its own */
#define OWN_RECIPES "recipes"

/* The most of a patch's name that goes into the name of a trigger */
#define LONGEST_TRIGGER 50

/* Where the recipes are that came with the program; the caller frees it. */
static char *
find_directory(const char *argv0)
{
	char		program[MAXPGPATH];
	char		share[MAXPGPATH];

	if (find_my_exec(argv0, program) != 0)
		return pg_strdup(OWN_RECIPES);
	get_share_path(program, share);
	return psprintf("%s/versioning/recipes", share);
}

/* Does the name of a file say that it is a recipe? */
static int
is_recipe(const struct dirent *entry)
{
	size_t		length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > strlen(".sql") &&
		strcmp(entry->d_name + length - strlen(".sql"), ".sql") == 0;
}

/* Print the recipes in a directory, unless their names are taken. */
static bool
list_directory(const Options *options, const char *directory,
			   SimpleStringList *taken)
{
	struct dirent **entries;
	ProblemList problems = {0};
	int			count = scandir(directory, &entries, is_recipe, alphasort);
	int			i;
	bool		is_fine;

	for (i = 0; i < count; i++)
	{
		char	   *path = psprintf("%s/%s", directory, entries[i]->d_name);
		Recipe	   *recipe = project_recipe_read(path, &problems);

		entries[i]->d_name[strlen(entries[i]->d_name) - strlen(".sql")] = '\0';
		if (!simple_string_list_member(taken, entries[i]->d_name) &&
			recipe != NULL)
			printf("%-16s  %s\n", report_printable(entries[i]->d_name),
				   recipe->summary == NULL ? "" :
				   report_printable(recipe->summary));
		simple_string_list_append(taken, entries[i]->d_name);
		if (recipe != NULL)
			project_recipe_free(recipe);
		pg_free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	is_fine = report_problems(options->progname, &problems, NULL) == 0;
	problem_free(&problems);
	return is_fine;
}

Status
command_recipe_list(const Options *options)
{
	SimpleStringList taken = {NULL, NULL};
	char	   *directory = find_directory(options->deploy.argv0);
	char	   *own = command_conf_place(&options->conf, OWN_RECIPES);
	bool		is_fine = list_directory(options, own, &taken);

	is_fine = list_directory(options, directory, &taken) && is_fine;
	simple_string_list_destroy(&taken);
	pg_free(directory);
	pg_free(own);
	return is_fine ? STATUS_DONE : STATUS_PROBLEM;
}

/* The path of the recipe that was named, or NULL; the caller frees it. */
static char *
find_recipe(const Options *options)
{
	char	   *directory = command_conf_place(&options->conf, OWN_RECIPES);
	char	   *path = psprintf("%s/%s.sql", directory, options->recipe);

	pg_free(directory);
	if (access(path, F_OK) == 0)
		return path;
	pg_free(path);
	directory = find_directory(options->deploy.argv0);
	path = psprintf("%s/%s.sql", directory, options->recipe);
	pg_free(directory);
	if (access(path, F_OK) == 0)
		return path;
	pg_free(path);
	return NULL;
}

Recipe *
command_recipe_read(const Options *options)
{
	ProblemList problems = {0};
	char	   *path = strchr(options->recipe, '/') != NULL ? NULL :
		find_recipe(options);
	Recipe	   *recipe;

	if (path == NULL)
	{
		pg_log_error("there is no recipe \"%s\"",
					 report_printable(options->recipe));
		fe_compat_log_hint("versioning new --list-recipes prints those that "
						   "there are.");
		return NULL;
	}
	recipe = project_recipe_read(path, &problems);
	report_problems(options->progname, &problems, NULL);
	problem_free(&problems);
	pg_free(path);
	return recipe;
}

/* Is it for the user to say? */
static bool
is_open_to_user(const RecipeEntry *entry)
{
	return entry->kind == RECIPE_VALUE || entry->kind == RECIPE_RELATION;
}

/*
 * Say what the recipe wants to know, or what of that it does not know yet.
 * Without a database, what it has a query but no word for is left out.
 */
static void
explain_entries(const Recipe *recipe, int count, bool is_missing,
				bool has_database)
{
	bool		has_own = false;
	int			i;

	for (i = 0; i < count; i++)
	{
		const RecipeEntry *entry = &recipe->entries[i];

		if (!is_open_to_user(entry) || (is_missing && entry->value != NULL))
			continue;
		if (!has_database && entry->query != NULL && *entry->meaning == '\0')
		{
			has_own = true;
			continue;
		}
		fe_compat_log_detail("%s=...  %s%s", entry->name,
							 report_printable(entry->meaning),
							 entry->query != NULL ?
							 " (with -d, from the database)" :
							 entry->standard != NULL ? " (optional)" : "");
	}
	if (has_own)
		fe_compat_log_hint("It needs a database (-d), which knows the rest.");
}

/*
 * Take in one NAME=VALUE; false after a message.  Nothing is no value, where
 * there is nothing else to take instead.
 */
static bool
read_word(Recipe *recipe, const char *word)
{
	const char *sign = strchr(word, '=');
	char	   *name = sign == NULL ? pg_strdup(word) :
		pnstrdup(word, sign - word);
	RecipeEntry *entry = project_recipe_find(recipe, name);
	bool		is_good = sign != NULL && entry != NULL &&
		is_open_to_user(entry);

	if (is_good && sign[1] == '\0' && entry->query == NULL &&
		entry->standard == NULL)
		;
	else if (is_good)
	{
		pg_free(entry->value);
		entry->value = pg_strdup(sign + 1);
	}
	else
	{
		pg_log_error(sign == NULL ? "\"%s\" should be NAME=VALUE" :
					 "the recipe does not ask for \"%s\"",
					 report_printable(name));
		explain_entries(recipe, recipe->entry_count, false, true);
	}
	pg_free(name);
	return is_good;
}

/* Take in what the command line says; false after a message. */
static bool
read_words(const Options *options, Recipe *recipe)
{
	int			i;

	for (i = 1; i < options->name_count; i++)
		if (!read_word(recipe, options->names[i]))
			return false;
	return true;
}

/*
 * Define "trigger", called as the patch as far as that makes an identifier.
 * Triggers are fired in the order of their names: this one comes last, to see
 * what the others have made of the row.
 */
static void
define_trigger(Recipe *recipe, const char *name)
{
	char	   *trigger = psprintf("zz_%.*s", LONGEST_TRIGGER, name);
	char	   *p;

	for (p = trigger; *p != '\0'; p++)
	{
		*p = pg_ascii_tolower((unsigned char) *p);
		if (!isalnum((unsigned char) *p) || IS_HIGHBIT_SET(*p))
			*p = '_';
	}
	project_recipe_define(recipe, "trigger", trigger);
	pg_free(trigger);
}

/*
 * Define "function", in the schema of the relation: called as the trigger.
 */
static void
define_function(Recipe *recipe, const char *relation)
{
	const char *trigger = project_recipe_find(recipe, "trigger")->value;
	const char *dot = NULL;
	bool		is_quoted = false;
	const char *p;
	char	   *function;

	for (p = relation; *p != '\0'; p++)
	{
		if (*p == '"')
			is_quoted = !is_quoted;
		else if (*p == '.' && !is_quoted)
			dot = p;
	}
	function = psprintf("%.*s%s", dot == NULL ? 0 : (int) (dot + 1 - relation),
						relation, trigger);
	project_recipe_define(recipe, "function", function);
	pg_free(function);
}

/* Define "name", "trigger", and for each file's key the name of its patch. */
static void
define_names(const Options *options, Recipe *recipe)
{
	const char *name = options->names[0];
	int			i;

	project_recipe_define(recipe, "name", name);
	define_trigger(recipe, name);
	for (i = 0; i < recipe->file_count; i++)
	{
		const char *key = recipe->files[i].key;
		char	   *whole = psprintf("%s-%s", name, key);

		if (key[0] != '\0')
			project_recipe_define(recipe, key, whole);
		pg_free(whole);
	}
}

/* Run a query with one parameter, or none; the value is to be freed. */
static bool
ask(PGconn *conn, const char *query, const char *parameter, char **value)
{
	PGresult   *result =
		connection_query_params(conn, query, parameter != NULL ? 1 : 0,
								&parameter);

	*value = NULL;
	if (PQntuples(result) > 0 && PQnfields(result) > 0)
		*value = pg_strdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return result != NULL;
}

/* Find the relation as patches would; its name then has its schema. */
static bool
ask_for_relation(PGconn *conn, RecipeEntry *entry)
{
	PGresult   *result = connection_query(conn,
										  "SET LOCAL search_path TO DEFAULT");
	char	   *oid;
	char	   *ignored;

	PQclear(result);
	if (result == NULL ||
		!ask(conn, "SELECT $1::pg_catalog.regclass::pg_catalog.oid",
			 entry->value, &oid))
		return false;
	pg_free(entry->value);
	entry->value = NULL;
	if (ask(conn, "SELECT pg_catalog.set_config('search_path', '', true)",
			NULL, &ignored))
	{
		ask(conn, "SELECT $1::pg_catalog.oid::pg_catalog.regclass", oid,
			&entry->value);
		pg_free(ignored);
	}
	pg_free(oid);
	return entry->value != NULL;
}

/* Run the query of an entry, with the values that are known. */
static bool
ask_for_entry(const Options *options, PGconn *conn, const Recipe *recipe,
			  RecipeEntry *entry)
{
	ProblemList problems = {0};
	char	   *query = project_recipe_fill(recipe, entry->query, entry->line,
											&problems);
	bool		is_fine = query != NULL && ask(conn, query, NULL,
											   &entry->value);

	report_problems(options->progname, &problems, NULL);
	problem_free(&problems);
	pg_free(query);
	if (!is_fine || entry->kind != RECIPE_REFUSAL || entry->value == NULL ||
		entry->value[0] == '\0')
		return is_fine;
	pg_log_error("%s", report_printable(entry->value));
	return false;
}

/* Complete an entry, the ones before it being complete. */
static bool
complete_entry(const Options *options, PGconn *conn, Recipe *recipe,
			   RecipeEntry *entry)
{
	ProblemList problems = {0};

	if (conn != NULL && entry->kind == RECIPE_RELATION &&
		entry->value != NULL && !ask_for_relation(conn, entry))
		return false;
	if (conn != NULL && entry->query != NULL)
		return entry->value != NULL ||
			ask_for_entry(options, conn, recipe, entry);
	if (entry->value == NULL && entry->standard != NULL)
		entry->value = project_recipe_fill(recipe, entry->standard,
										   entry->line, &problems);
	report_problems(options->progname, &problems, NULL);
	problem_free(&problems);
	return true;
}

/* Begin the transaction of the queries, or return NULL after a message. */
static PGconn *
connect_for_queries(Options *options)
{
	PGconn	   *conn = connection_open(&options->connection, "versioning");
	PGresult   *result;

	if (conn == NULL || PQtransactionStatus(conn) == PQTRANS_INTRANS)
		return conn;
	result = connection_query(conn, "BEGIN READ ONLY");
	PQclear(result);
	if (result != NULL)
		return conn;
	connection_close(conn);
	return NULL;
}

/*
 * Complete all entries; false after a message.  With a database, one that is
 * missing is the end: the queries after it may need it.
 */
static bool
complete_entries(const Options *options, PGconn *conn, Recipe *recipe)
{
	int			count = recipe->entry_count;
	int			missing = 0;
	int			i;

	for (i = 0; i < count && (conn == NULL || missing == 0); i++)
	{
		RecipeEntry *entry = &recipe->entries[i];

		if (!complete_entry(options, conn, recipe, entry))
			return false;
		if (entry->value == NULL && is_open_to_user(entry))
			missing = i + 1;
		else if (entry->kind == RECIPE_RELATION &&
				 project_recipe_find(recipe, "function") == NULL)
			define_function(recipe, entry->value);
	}
	if (missing == 0)
		return true;
	pg_log_error("the recipe \"%s\" needs to know more", options->recipe);
	explain_entries(recipe, missing, true, conn != NULL);
	return false;
}

bool
command_recipe_complete(Options *options, Recipe *recipe)
{
	PGconn	   *conn = NULL;
	bool		is_complete;

	define_names(options, recipe);
	if (!read_words(options, recipe))
		return false;
	if (options->wants_connection &&
		(conn = connect_for_queries(options)) == NULL)
		return false;
	is_complete = complete_entries(options, conn, recipe);
	if (conn != NULL)
		connection_close(conn);
	return is_complete;
}
