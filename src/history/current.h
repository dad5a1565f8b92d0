/*-------------------------------------------------------------------------
 *
 * history/current.h
 *		The patch that this session is in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HISTORY_CURRENT_H
#define HISTORY_CURRENT_H

typedef struct CurrentPatch
{
	int64		history_id;		/* of its row in _v.history */
	bool		is_rollback;	/* it is being taken back */
	char	   *name;
} CurrentPatch;

/* For _PG_init(), once: sees to it that the end of a transaction is seen. */
extern void history_current_init(void);

/*
 * From now on the session is in this patch: as long as what was done here is
 * not rolled back, and until the transaction ends or another patch begins.
 * Outside a transaction block it stays after the commit, until another one
 * is registered or taken back, or DISCARD ALL; meanwhile _v.in_progress shows
 * it.  Copies the name.  Raises 53200 when out of memory, and then changes
 * nothing; so does the commit, if there is no room for a lock.
 */
extern void history_current_begin(int64 history_id, const char *name,
								  bool is_rollback);

/*
 * The patch that the session is in, or NULL.  It is valid until the current
 * (sub)transaction ends or another patch begins.  For one that an earlier
 * transaction left to the session, looks into _v.history, and locks and raises
 * what history_has() does.
 */
extern const CurrentPatch *history_current_get(void);

#endif							/* HISTORY_CURRENT_H */
