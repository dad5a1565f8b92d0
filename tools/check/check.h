/*-------------------------------------------------------------------------
 *
 * check/check.h
 *		What is wrong with the files of a project
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_H
#define CHECK_H

#include "plan/state.h"
#include "script/outline.h"

/*
 * Each check is in a file of its name, and adds what it finds.  Where there is
 * a register, which may be NULL, what may be known from there counts, too; the
 * states are those of the project and that register.
 */

/* What is wrong with the names of a project, and with what is missing */
extern void check_names(const Project *project, const Register *reg,
						ProblemList *found);

/* Patches that can never be applied, as they require what is in conflict */
extern void check_conflicts(const Project *project, ProblemList *found);

/* What is wrong with the jobs of patches, as far as the files say it */
extern void check_jobs(const Project *project, ProblemList *found);

/* Which of the jobs that are not registered yet have a table without a key */
extern void check_jobs_tables(const Project *project, const Register *reg,
							  PGconn *conn, ProblemList *found);

/* What of a project does not go with a register, which is not NULL here */
extern void check_register(const PatchStates *states, const Register *reg,
						   ProblemList *found);

/* What is wrong with the files that verify patches */
extern void check_verifications(const Project *project, const Register *reg,
								ProblemList *found);

/* What is wrong with each of the scripts of a project */
extern void check_scripts(const Project *project, ProblemList *found);

/* What is wrong with the transactions of the script of that outline */
extern void check_transactions(const ScriptOutline *outline,
							   ProblemList *found);

#endif							/* CHECK_H */
