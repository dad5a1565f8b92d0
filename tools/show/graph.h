/*-------------------------------------------------------------------------
 *
 * show/graph.h
 *		The patches as a graph to be drawn
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_GRAPH_H
#define SHOW_GRAPH_H

#include "base/name_table.h"
#include "database/register.h"
#include "project/project.h"

typedef enum DrawingKind
{
	DRAWING_UNKNOWN,			/* mentioned, but nobody has it */
	DRAWING_FILE,				/* a file has it; there is no register */
	DRAWING_APPLIED,			/* and with a register: */
	DRAWING_PENDING,
	DRAWING_BLOCKED,
	DRAWING_WITHOUT_FILE		/* applied, but no file has it */
} DrawingKind;

typedef struct DrawingNode
{
	const char *name;			/* of the project, or of the register */
	DrawingKind kind;
	int			first_edge;		/* the edges that begin here */
	int			edge_count;
	bool		is_shown;
} DrawingNode;

typedef struct DrawingEdge
{
	int			from;			/* requires, or is in conflict with */
	int			to;
	bool		is_conflict;
} DrawingEdge;

typedef struct Drawing
{
	NameTable  *table;			/* numbers of the nodes */
	DrawingNode *nodes;
	int			node_count;
	int			node_space;
	DrawingEdge *edges;
	int			edge_count;
	int			edge_space;
	NameTable  *drawn;			/* what edges there are */
} Drawing;

/*
 * The drawing of a project and, if it is not NULL, a register, both of which
 * must outlive it.  Nothing is shown yet.  Free it with show_graph_free.
 */
extern Drawing *show_graph_create(const Project *project, const Register *reg);

/*
 * Show the node of that name, and all that it requires, near or far.  Returns
 * false if there is no such node.
 */
extern bool show_graph_show(Drawing *drawing, const char *name);

/* Show all of the nodes. */
extern void show_graph_show_all(Drawing *drawing);

/* Free the drawing. */
extern void show_graph_free(Drawing *drawing);

#endif							/* SHOW_GRAPH_H */
