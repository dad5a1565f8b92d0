/*-------------------------------------------------------------------------
 *
 * command/recipe.h
 *		The recipes that there are, and what one lacks
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_RECIPE_H
#define COMMAND_RECIPE_H

#include "base/status.h"
#include "command/options.h"
#include "project/recipe.h"

/* Print the names of all recipes, with what each is for. */
extern Status command_recipe_list(const Options *options);

/*
 * Read the recipe that the user has named, the project's own before the one
 * that came with the program.  Returns NULL after a message.
 */
extern Recipe *command_recipe_read(const Options *options);

/*
 * Give all entries of the recipe their values: from the command line, from the
 * database if there is a word of one, and what is standard.  Returns false
 * after a message.
 */
extern bool command_recipe_complete(Options *options, Recipe *recipe);

#endif							/* COMMAND_RECIPE_H */
