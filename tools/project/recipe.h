/*-------------------------------------------------------------------------
 *
 * project/recipe.h
 *		A recipe: patches that lack some names and values
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_RECIPE_H
#define PROJECT_RECIPE_H

#include "base/problem.h"

typedef enum RecipeEntryKind
{
	RECIPE_VALUE,				/* a text that replaces its placeholders */
	RECIPE_RELATION,			/* the same, the name of a relation */
	RECIPE_REFUSAL,				/* a query that says why it cannot be done */
	RECIPE_BUILT_IN				/* what is known without being asked for */
} RecipeEntryKind;

/* An entry of the recipe's head. */
typedef struct RecipeEntry
{
	RecipeEntryKind kind;
	int			line;
	char	   *name;			/* NULL in a refusal */
	char	   *meaning;
	char	   *query;			/* asks the database for it, or NULL */
	char	   *standard;		/* the value if nobody says one, or NULL */
	char	   *value;			/* NULL as long as it is not known */
} RecipeEntry;

/* One of the files that it makes. */
typedef struct RecipeFile
{
	bool		is_rollback;
	char	   *key;			/* what follows the patch's name, or "" */
	char	   *condition;		/* an entry that must not be empty, or NULL */
	char	   *text;
	int			line;			/* where the text begins in the recipe */
} RecipeFile;

typedef struct Recipe
{
	char	   *path;
	char	   *summary;		/* what it is for, or NULL */
	RecipeEntry *entries;		/* in their order */
	int			entry_count;
	RecipeFile *files;
	int			file_count;
} Recipe;

/*
 * Read a recipe.  Returns NULL, and adds what is wrong to the problems, if
 * that fails.
 */
extern Recipe *project_recipe_read(const char *path, ProblemList *problems);

/* The entry of that name, or NULL. */
extern RecipeEntry *project_recipe_find(const Recipe *recipe,
										const char *name);

/* Give a built-in entry its value; it is made if it is not there. */
extern void project_recipe_define(Recipe *recipe, const char *name,
								  const char *value);

/*
 * The text with values instead of its placeholders; the caller frees it.
 * Returns NULL, and adds what is wrong to the problems, if one of them has no
 * value.  "line" is the one in which the text begins.
 */
extern char *project_recipe_fill(const Recipe *recipe, const char *text,
								 int line, ProblemList *problems);

extern void project_recipe_free(Recipe *recipe);

#endif							/* PROJECT_RECIPE_H */
