/*-------------------------------------------------------------------------
 *
 * run/process.h
 *		A psql that runs scripts, and what it prints
 *
 *-------------------------------------------------------------------------
 */
#ifndef RUN_PROCESS_H
#define RUN_PROCESS_H

#include "database/connection.h"
#include "fe_utils/simple_list.h"
#include "pqexpbuffer.h"

typedef struct PsqlProcess
{
	pid_t		pid;			/* 0: it has ended */
	int			wait_status;	/* once it has */
	int			output;			/* the pipes, or -1 if closed */
	int			errors;
	PQExpBufferData output_text;	/* what came; for the caller to take out */
	PQExpBufferData errors_text;
} PsqlProcess;

/*
 * Start a psql with the given variables, NAME=VALUE, that runs these scripts
 * in a row, up to a NULL, and ends.  "argv0" is how our own program was
 * called.  Signals must be caught by interruption_catch().  Returns NULL after
 * a message.
 */
extern PsqlProcess *run_process_start(const char *argv0,
									  const ConnectionHandover *handover,
									  const SimpleStringList *variables,
									  const char *const *scripts);

/*
 * Wait until there is something to read from psql, it has ended or a signal
 * has come, but no longer than so many milliseconds (-1: no limit).  Returns
 * false if nothing of that has happened.
 */
extern bool run_process_wait(PsqlProcess *process, int timeout);

/* Send a signal to psql and whatever it has started. */
extern void run_process_signal(PsqlProcess *process, int number);

/* Free it.  A psql that has not ended by now is killed. */
extern void run_process_free(PsqlProcess *process);

#endif							/* RUN_PROCESS_H */
