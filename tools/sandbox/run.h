/*-------------------------------------------------------------------------
 *
 * sandbox/run.h
 *		Running a command with a database of its own
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_RUN_H
#define SANDBOX_RUN_H

#include "libpq-fe.h"

/*
 * Run a command of the shell, with the environment leading to that database on
 * the server of the connection, and hand on signals to it.  Returns its exit
 * status, which is 128 and the number of the signal if one has ended it; or -1
 * after a message, or if a signal has asked us to stop before it began.
 */
extern int	sandbox_run_command(PGconn *conn, const char *dbname,
								const char *command);

#endif							/* SANDBOX_RUN_H */
