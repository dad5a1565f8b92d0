/*-------------------------------------------------------------------------
 *
 * diff/report.h
 *		What has come of a comparison, on standard output
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_REPORT_H
#define DIFF_REPORT_H

#include "diff/compare.h"
#include "diff/patches.h"

/* All there is to say */
typedef struct DiffReport
{
	const DiffSide *sides;		/* two */
	DiffPatches patches;
	const Comparison *comparison;
	bool		is_quiet;		/* no more than a line a difference */
} DiffReport;

/* Is there no difference at all? */
extern bool diff_report_is_empty(const DiffReport *report);

/* Print it for people. */
extern void diff_report_print(const DiffReport *report);

#endif							/* DIFF_REPORT_H */
