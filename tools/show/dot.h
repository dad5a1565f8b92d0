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

extern void show_dot_print(const Drawing *drawing, bool has_states);

#endif							/* SHOW_DOT_H */
