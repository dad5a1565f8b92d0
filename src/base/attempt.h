/*-------------------------------------------------------------------------
 *
 * base/attempt.h
 *		Something whose failure must not make the user's statement fail.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_ATTEMPT_H
#define BASE_ATTEMPT_H

/*
 * Runs action(arg) in a subtransaction and returns true.  If it raises an
 * error, the subtransaction is rolled back, the error is reported as a WARNING
 * below the words of failure, and the result is false.  Raised as it is
 * is what ends a statement on somebody's request, SQLSTATEs of class 57: a
 * cancel, a timeout, a shutdown.
 */
extern bool attempt_run(void (*action) (void *arg), void *arg,
						const char *failure);

/*
 * The same, but the error is returned, in the current memory context, and not
 * reported; NULL if there was none.
 */
extern ErrorData *attempt_catch(void (*action) (void *arg), void *arg);

#endif							/* BASE_ATTEMPT_H */
