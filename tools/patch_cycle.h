/*-------------------------------------------------------------------------
 *
 * patch_cycle.h
 *		Why some files cannot be put into an order
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_CYCLE_H
#define PATCH_CYCLE_H

#include "patch_graph.h"

extern void patch_cycle_explain(PatchGraph *graph, ComplaintList *complaints);

#endif							/* PATCH_CYCLE_H */
