/*-------------------------------------------------------------------------
 *
 * base/clock.h
 *		A clock that nobody sets
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Milliseconds since some moment.  A signal handler may ask, too. */
extern int64 clock_milliseconds(void);

#endif							/* BASE_CLOCK_H */
