/*-------------------------------------------------------------------------
 *
 * script/patient.h
 *		Statements that keep nobody waiting while they wait for a lock
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_PATIENT_H
#define SCRIPT_PATIENT_H

#include "sql/words.h"

/*
 * Is the statement that begins with the current word one whose lock is in
 * nobody's way who reads or writes, so that it may wait as long as it takes?
 * Those that cannot be run inside a transaction are not looked for.
 */
extern bool script_patient_is(StatementWords words);

#endif							/* SCRIPT_PATIENT_H */
