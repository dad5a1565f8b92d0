/*-------------------------------------------------------------------------
 *
 * dot_writer.h
 *		A drawing of patches in Graphviz's language
 *
 *-------------------------------------------------------------------------
 */
#ifndef DOT_WRITER_H
#define DOT_WRITER_H

#include "drawing.h"

extern void dot_writer_print(const Drawing *drawing, bool has_states);

#endif							/* DOT_WRITER_H */
