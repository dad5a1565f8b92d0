/*-------------------------------------------------------------------------
 *
 * sandbox/address.c
 *		How other programs are led to a database
 *
 * All that the user has said about the connection counts, in whatever way:
 * where the server is, who the user is, how the connection is encrypted.  But
 * a password is never said: programs find it where we have found it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "database/connection.h"
#include "sandbox/address.h"

/* These could lead to another server, or to another database there */
static const char *const unwanted[] = {
	"PGSERVICE", "PGHOSTADDR", "PGTARGETSESSIONATTRS"
};

/* Is it a part of the URI before the question mark? */
static bool
is_in_front(const PQconninfoOption *option)
{
	return strcmp(option->keyword, "host") == 0 ||
		strcmp(option->keyword, "port") == 0 ||
		strcmp(option->keyword, "user") == 0 ||
		strcmp(option->keyword, "dbname") == 0;
}

/*
 * Print some text and, if the setting has a value, this after it; of the
 * value, all is encoded that could mean anything to the shell or in a URI.
 */
static void
print_encoded(const char *text, const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-._~";

	if (value == NULL || *value == '\0')
		return;
	fputs(text, stdout);
	for (; *value != '\0'; value++)
		printf(strchr(plain, *value) != NULL ? "%c" : "%%%02X",
			   (unsigned char) *value);
}

void
sandbox_address_print_uri(PGconn *conn, const char *dbname)
{
	PQconninfoOption *options = connection_settings(conn, dbname);
	const PQconninfoOption *option;
	char		separator = '?';

	print_encoded("postgresql://", connection_setting(options, "user"));
	print_encoded("@", connection_setting(options, "host"));
	print_encoded(":", connection_setting(options, "port"));
	print_encoded("/", connection_setting(options, "dbname"));
	for (option = options; option->keyword != NULL; option++)
		if (option->val != NULL && !is_in_front(option))
		{
			printf("%c%s", separator, option->keyword);
			print_encoded("=", option->val);
			separator = '&';
		}
	puts("");
	PQconninfoFree(options);
}

/* Print a value as the shell reads it, whatever is in it. */
static void
print_quoted(const char *value)
{
	putchar('\'');
	for (; *value != '\0'; value++)
		if (*value == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*value);
	putchar('\'');
}

void
sandbox_address_print_variables(PGconn *conn, const char *dbname)
{
	PQconninfoOption *options = connection_settings(conn, dbname);
	const PQconninfoOption *option;
	size_t		i;

	for (option = options; option->keyword != NULL; option++)
		if (option->val != NULL && option->envvar != NULL)
		{
			printf("export %s=", option->envvar);
			print_quoted(option->val);
			puts(";");
		}
	fputs("unset", stdout);
	for (i = 0; i < lengthof(unwanted); i++)
		printf(" %s", unwanted[i]);
	puts(";");
	PQconninfoFree(options);
}

void
sandbox_address_set_variables(PGconn *conn, const char *dbname)
{
	PQconninfoOption *options = connection_settings(conn, dbname);
	const PQconninfoOption *option;
	size_t		i;

	for (option = options; option->keyword != NULL; option++)
		if (option->val != NULL && option->envvar != NULL)
			setenv(option->envvar, option->val, 1);
	for (i = 0; i < lengthof(unwanted); i++)
		unsetenv(unwanted[i]);
	PQconninfoFree(options);
}
