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
 * Print them as a table, for people; the names are in that encoding.  If it
 * is for a terminal of so many columns, it is no wider than that, where that
 * can be; else columns are 0.  Only what is not applied may be wanted.
 */
extern void show_table_print(FILE *stream, const PatchStates *states,
							 bool only_pending, int encoding, int columns);

/* The colour of patches of a kind, begun; color_end() ends it. */
extern const char *show_table_color(PatchStateKind kind);

/* Print them as JSON, for programs; the same may be wanted. */
extern void show_json_print(const PatchStates *states, bool only_pending);

/* Print jobs as a table, for people; the names are in that encoding. */
extern void show_jobs_print_table(const Jobs *list, int encoding);

/* Print them as JSON, for programs. */
extern void show_jobs_print_json(const Jobs *list);

/* Print one of them as an object of JSON. */
extern void show_jobs_print_object(const Job *job);

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
