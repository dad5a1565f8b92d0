/*-------------------------------------------------------------------------
 *
 * show/dot.h
 *		A drawing of patches in Graphviz's language
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHOW_DOT_H
#define SHOW_DOT_H

#include "show/graph.h"

/* Print what is shown of the drawing, with a legend if there are states. */
extern void show_dot_print(const Drawing *drawing, bool has_states);

#endif							/* SHOW_DOT_H */
