/*-------------------------------------------------------------------------
 *
 * sandbox/address.h
 *		How other programs are led to a database
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_ADDRESS_H
#define SANDBOX_ADDRESS_H

#include "libpq-fe.h"

/*
 * Print the URI of a database on the server of the connection, as a line.  The
 * shell takes it for one word that it leaves as it is.
 */
extern void sandbox_address_print_uri(PGconn *conn, const char *dbname);

/* Print what the shell's eval makes such settings of the environment. */
extern void sandbox_address_print_variables(PGconn *conn, const char *dbname);

/* Put them into our own environment. */
extern void sandbox_address_set_variables(PGconn *conn, const char *dbname);

#endif							/* SANDBOX_ADDRESS_H */
