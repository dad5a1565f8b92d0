/*-------------------------------------------------------------------------
 *
 * base/interruption.h
 *		Signals that ask us to stop, and those of the end of a child
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_INTERRUPTION_H
#define BASE_INTERRUPTION_H

extern bool interruption_catch(void);
extern void interruption_release(void);
extern int	interruption_descriptor(void);
extern void interruption_drain(void);
extern int	interruption_count(void);

/* For how many milliseconds we have been asked to stop; -1: we were not. */
extern int	interruption_age(void);

#endif							/* BASE_INTERRUPTION_H */
