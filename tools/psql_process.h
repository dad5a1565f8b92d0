/*-------------------------------------------------------------------------
 *
 * psql_process.h
 *		A psql that runs what we write to it
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_PROCESS_H
#define PSQL_PROCESS_H

#include "connection.h"
#include "fe_utils/simple_list.h"
#include "pqexpbuffer.h"

typedef struct PsqlProcess
{
	pid_t		pid;			/* 0: it has ended */
	int			wait_status;	/* once it has */

	char		script_path[32];	/* what psql calls what we write */
	char		news_path[32];	/* where it may write news for us */

	int			script;			/* the pipes, or -1 if closed */
	int			news;
	int			output;
	int			errors;

	PQExpBufferData unsent;		/* for script */
	bool		is_complete;	/* and nothing comes after that */
	PQExpBufferData news_text;	/* what came; for the caller to take out */
	PQExpBufferData output_text;
	PQExpBufferData errors_text;
} PsqlProcess;

extern PsqlProcess *psql_process_start(const char *argv0,
									   const ConnectionHandover *handover,
									   const SimpleStringList *variables);
extern void psql_process_send(PsqlProcess *process, const char *commands);
extern void psql_process_end_script(PsqlProcess *process);
extern bool psql_process_wait(PsqlProcess *process, bool news_only,
							  int timeout);
extern void psql_process_interrupt(PsqlProcess *process);
extern void psql_process_signal(PsqlProcess *process, int number);
extern void psql_process_free(PsqlProcess *process);

#endif							/* PSQL_PROCESS_H */
