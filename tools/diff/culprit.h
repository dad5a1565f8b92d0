/*-------------------------------------------------------------------------
 *
 * diff/culprit.h
 *		Who has made the differences
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIFF_CULPRIT_H
#define DIFF_CULPRIT_H

#include "diff/compare.h"
#include "diff/side.h"

/*
 * Find out of all differences, as far as the changes of one side were
 * recorded, who has made them there.  Returns false after a message.
 */
extern bool diff_culprit_find(Comparison *comparison, const DiffSide *sides,
							  int side);

/* Is nobody known for any side of the difference? */
extern bool diff_culprit_is_unknown(const Difference *difference);

/*
 * Is what is known of one side worth telling?  That something was created is
 * not, if it is known who has changed it on the other side.  Nor is what a
 * copy has recorded with its original: it is not what makes them differ.
 */
extern bool diff_culprit_is_telling(const Difference *difference, int side);

#endif							/* DIFF_CULPRIT_H */
