/*-------------------------------------------------------------------------
 *
 * show/show.h
 *		The states of the patches, printed
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_H
#define SHOW_H

#include "plan/state.h"

/*
 * Print them as a table, for people; the names are in that encoding.  Only
 * what is not applied may be wanted.  The table is no wider than so many
 * columns, if that can be; 0 is no limit.
 */
extern void show_screen_print(FILE *stream, const PatchStates *states,
							  bool only_pending, int encoding, int columns);

/* The colour of patches of a kind, begun; color_end() ends it. */
extern const char *show_screen_color(PatchStateKind kind);

/*
 * What there is to remark about one of them, which the caller frees, or NULL;
 * and when it was applied, to the second, likewise.
 */
extern char *show_remarks_text(const PatchStates *states,
								const PatchState *state);
extern char *show_remarks_applied_at(const PatchState *state);

/* Print one of them as an object of JSON. */
extern void show_json_print_state(const PatchStates *states,
								  const PatchState *state);

/* Print them as JSON, for programs; the same may be wanted. */
extern void show_json_print(const PatchStates *states, bool only_pending);

/* Print jobs as a table, for people; the names are in that encoding. */
extern void show_jobs_print_table(const Jobs *list, int encoding);

/* Print them as JSON, for programs. */
extern void show_jobs_print_json(const Jobs *list);

/* Print one of them as an object of JSON. */
extern void show_jobs_print_object(const Job *job);

/*
 * Print a story, see database/story.h: for people, a line an event, with its
 * changes in lines below it; for programs, an array of JSON.
 */
extern void show_story_print(FILE *stream, const PGresult *result);
extern void show_story_print_array(const PGresult *result);

/* Print the life of an object, a line a change; or as an array of JSON. */
extern void show_story_print_life(FILE *stream, const PGresult *result);
extern void show_story_print_life_array(const PGresult *result);

/* What there is to say about one patch; the caller owns all of it. */
typedef struct PatchView
{
	const char *name;
	const PatchStates *states;
	const PatchState *state;	/* NULL: it is not applied, and has no file */
	const char *rollback;		/* the path of its rollback, or NULL */
	const PGresult *story;		/* see database/story.h; NULL: no history */
	const PGresult *objects;	/* likewise */
} PatchView;

/* Print it for people. */
extern void show_patch_print(FILE *stream, const PatchView *view);

/* Print it as an object of JSON. */
extern void show_patch_print_json(const PatchView *view);

/* Some of them, as a graph */
typedef struct Drawing Drawing;

/*
 * The drawing of these states, which must outlive it.  Nothing is shown yet.
 * Free it with show_graph_free.
 */
extern Drawing *show_graph_create(const PatchStates *states);

/*
 * Show the patch of that name, and all that it requires, near or far.  Returns
 * false if nobody has or mentions it.
 */
extern bool show_graph_show(Drawing *drawing, const char *name);

/* Show all of the patches, and what they mention. */
extern void show_graph_show_all(Drawing *drawing);

/*
 * Print what is shown, once, in Graphviz's language; if there is a register,
 * with the states, and a legend.
 */
extern void show_graph_print(Drawing *drawing, bool has_register);

/* Free the drawing. */
extern void show_graph_free(Drawing *drawing);

#endif							/* SHOW_H */
