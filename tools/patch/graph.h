/*-------------------------------------------------------------------------
 *
 * patch/graph.h
 *		Which of several patch files must come before which
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_GRAPH_H
#define PATCH_GRAPH_H

#include "base/name_table.h"
#include "patch/file.h"

/* No link, no file */
#define PATCH_GRAPH_NONE (-1)

/* A file in the list of those that register a name, or that require it */
typedef struct GraphLink
{
	int			file;
	int			next;
} GraphLink;

typedef struct GraphName
{
	int			providers;		/* list of files that register it */
	int			last_provider;	/* its end */
	int			waiting;		/* list of files that require it */
	int			missing;		/* how many of these are not done */
	int			seen;			/* the last pass over a file that met it */
} GraphName;

typedef struct GraphFile
{
	const char *path;
	const PatchFile *file;
	int			missing;		/* how many names it waits for */
	bool		is_done;
	int			walk;			/* which walk met it, while it is not done */
} GraphFile;

typedef struct PatchGraph
{
	NameTable  *index;			/* of the names */
	GraphName  *names;
	int			name_count;
	GraphFile  *files;			/* in the order in which they were added */
	int			file_count;
	GraphLink  *links;
	int			link_count;
} PatchGraph;

/* An empty graph; free it with patch_graph_free. */
extern PatchGraph *patch_graph_create(void);

/* Add a file, which must outlive the graph as must its path. */
extern void patch_graph_add(PatchGraph *graph, const char *path,
							const PatchFile *file);

/*
 * Put the files into an order in which they can be applied: write their
 * numbers to "order", which has room for all of them, and return how many
 * they are.  The problems say which are left out, and why.  This can be done
 * once for a graph.
 */
extern int	patch_graph_sort(PatchGraph *graph, int *order,
							 ProblemList *problems);

/* Free the graph; the files and paths in it are the caller's. */
extern void patch_graph_free(PatchGraph *graph);

#endif							/* PATCH_GRAPH_H */
