/*-------------------------------------------------------------------------
 *
 * script/patient.h
 *		Statements that keep nobody waiting while they wait for a lock
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_PATIENT_H
#define SCRIPT_PATIENT_H

#include "script/statement.h"

/*
 * Is the statement that begins with the current word one whose lock is not in
 * the way of anyone who reads or writes, so that it may wait as long as it
 * takes?  It must be the first of its transaction that does something, besides
 * a registration, or else others may wait for what was locked before: "worked"
 * is kept from statement to statement, false at first.  Those that cannot be
 * run inside a transaction are not looked for.
 */
extern bool script_patient_follow(bool *worked, StatementKind kind,
								  bool registers, StatementWords words);

#endif							/* SCRIPT_PATIENT_H */
