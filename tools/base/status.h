/*-------------------------------------------------------------------------
 *
 * base/status.h
 *		How versioning ends
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* Exit statuses, as the man page has them */
typedef enum Status
{
	STATUS_DONE = 0,
	STATUS_PROBLEM = 1,			/* the patches have one, nothing ran */
	STATUS_TROUBLE = 2,			/* usage, connection */
	STATUS_FAILED = 3,			/* a patch failed */
	STATUS_LOCKED = 4,			/* the lock was not to be had */
	STATUS_BEHIND = 5			/* --exit-code: not up to date */
} Status;

#endif							/* BASE_STATUS_H */
