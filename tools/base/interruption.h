/*-------------------------------------------------------------------------
 *
 * base/interruption.h
 *		Signals that ask us to stop, and those of the end of a child
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_INTERRUPTION_H
#define BASE_INTERRUPTION_H

/*
 * Begin to catch signals.  One that asks us to stop is caught even where the
 * shell that has started us in the background ignores it, as psql does; but
 * not SIGHUP, which nohup ignores.  Returns false after a message.  If they
 * are caught already, this only counts.
 */
extern bool interruption_catch(void);

/* No longer catch them, unless it has been begun once more. */
extern void interruption_release(void);

/* In a child that becomes another program: signals are for that to catch. */
extern void interruption_leave(void);

/*
 * Wait until a descriptor, or none if it is -1, is ready for some of these
 * events of poll(), or until there is a signal, but no longer than so many
 * milliseconds (-1: no limit).  Returns the events that there are, or 0.
 */
extern int	interruption_poll(int descriptor, int events, int timeout);

/* The descriptor that is readable after a signal, for other ways to wait. */
extern int	interruption_descriptor(void);

/* Make it unreadable until the next signal. */
extern void interruption_drain(void);

/* How many signals there were that ask us to stop. */
extern int	interruption_count(void);

/* For how many milliseconds we have been asked to stop; -1: we were not. */
extern int	interruption_age(void);

#endif							/* BASE_INTERRUPTION_H */
