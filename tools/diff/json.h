/*-------------------------------------------------------------------------
 *
 * diff/json.h
 *		What has come of a comparison, as JSON
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_JSON_H
#define DIFF_JSON_H

#include "diff/report.h"

/* Print it as one document. */
extern void diff_json_print(const DiffReport *report);

#endif							/* DIFF_JSON_H */
