/*-------------------------------------------------------------------------
 *
 * command/command.h
 *		The commands of versioning
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/status.h"
#include "command/options.h"
#include "database/register.h"
#include "project/project.h"

/*
 * Each command is in a file of its name, but for those that have almost all in
 * common.  It prints what it has to say, and returns how the program is to
 * end.
 */
extern Status command_status(Options *options);
extern Status command_deploy_apply(Options *options);
extern Status command_deploy_rollback(Options *options);
extern Status command_check(Options *options);
extern Status command_graph(Options *options);
extern Status command_new(Options *options);
extern Status command_rehearse(Options *options);
extern Status command_jobs(Options *options);
extern Status command_jobs_pause(Options *options);
extern Status command_jobs_resume(Options *options);
extern Status command_jobs_cancel(Options *options);
extern Status command_run(Options *options);
extern Status command_verify(Options *options);
extern Status command_sandbox(Options *options);
extern Status command_diff(Options *options);
extern Status command_init(Options *options);
extern Status command_mark(Options *options);
extern Status command_mark_not(Options *options);
extern Status command_mark_accept(Options *options);
extern Status command_baseline(Options *options);
extern Status command_help(Options *options);
extern Status command_log(Options *options);
extern Status command_show(Options *options);
extern Status command_blame(Options *options);

/*
 * Can patches be marked in this register, by the functions of the extension?
 * Returns false after a message.
 */
extern bool command_mark_is_possible(const Options *options, PGconn *conn,
									 const Register *reg);

/* Say what is odd about a register. */
extern void command_register_report(const Options *options,
									const Register *reg);

/* Warn of files that verify no patch: their names may be misspelt. */
extern void command_verify_warn_of_strays(const Options *options,
										  const Project *project,
										  const Register *reg);

/*
 * For commands that can do without: read the register if there is a word of a
 * database.  If there is none, "reg" is NULL.  Returns false after a message
 * if the register should be there and is not.
 */
extern bool command_register_read(Options *options, Register **reg);

/*
 * The same, and if there is a register, the caller also closes the connection
 * that it was read by.
 */
extern bool command_register_open(Options *options, PGconn **conn,
								  Register **reg);

#endif							/* COMMAND_H */
