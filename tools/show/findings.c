/*-------------------------------------------------------------------------
 *
 * show/findings.c
 *		What is wrong with the files, in the forms that reviews take
 *
 * The files may be those of people whom nobody trusts.  What stands in them,
 * and what they are called, is text in each of the forms, whatever it is made
 * of: it ends no line and no string, and begins no command.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/json.h"
#include "base/name_table.h"
#include "base/report.h"
#include "common/logging.h"
#include "pqexpbuffer.h"
#include "project/source.h"
#include "show/findings.h"

/* Where a finding is that is not about a file: the forms want to know */
#define NOWHERE "."

/* How often each finding was there before, whatever its line */
typedef struct Seen
{
	NameTable  *findings;
	int		   *counts;
} Seen;

static const char *const form_names[] = {
	[FINDINGS_TEXT] = "text",
	[FINDINGS_JSON] = "json",
	[FINDINGS_GITHUB] = "github",
	[FINDINGS_GITLAB] = "gitlab",
	[FINDINGS_SARIF] = "sarif"
};

bool
show_findings_form(const char *name, FindingsForm *form)
{
	size_t		i;

	for (i = 0; i < lengthof(form_names); i++)
	{
		if (strcmp(name, form_names[i]) != 0)
			continue;
		*form = (FindingsForm) i;
		return true;
	}
	return false;
}

/* Print one finding as text. */
static void
print_text(const Problem *finding)
{
	if (finding->path != NULL)
		printf("%s:", report_printable(finding->path));
	if (finding->line > 0)
		printf("%d:", finding->line);
	printf("%s%s%s [%s]\n", finding->path == NULL ? "" : " ",
		   problem_is_information(finding) ? "info: " : "",
		   report_printable(finding->text), problem_name(finding->kind));
}

/* Print a number of things, after what comes before it. */
static void
print_count(const char *before, int count, const char *things)
{
	printf("%s%d %s%s", before, count, things, count == 1 ? "" : "s");
}

/* Print what it comes down to. */
static void
print_summary(const FindingCounts *counts)
{
	print_count("", counts->patch_files, "patch file");
	print_count(", ", counts->rollback_files, "rollback file");
	print_count(": ", counts->problems, "problem");
	if (counts->remarks > 0)
		print_count(", ", counts->remarks, "remark");
	putchar('\n');
}

/* Print one finding as an object. */
static void
print_object(const Problem *finding)
{
	json_begin_object("kind", problem_name(finding->kind));
	json_print_member("level", problem_is_information(finding) ? "info" :
					  "error");
	json_print_member("file", finding->path);
	if (finding->line > 0)
		json_print_number("line", finding->line);
	else
		json_print_member("line", NULL);
	json_print_member("text", finding->text);
	putchar('}');
}

/* Print how many there are, after the findings. */
static void
print_counts(const FindingCounts *counts)
{
	json_print_number("patch_files", counts->patch_files);
	json_print_number("rollback_files", counts->rollback_files);
	json_print_number("problems", counts->problems);
	json_print_number("remarks", counts->remarks);
}

/*
 * Print a text as GitHub's runner decodes it; a property ends also at a colon
 * and at a comma.
 */
static void
print_escaped(const char *text, bool is_property)
{
	char		escaped[REPORT_ESCAPE_SIZE];

	while (*text != '\0')
	{
		int			length = report_escape(text, escaped);

		if (strchr(is_property ? "%\r\n:," : "%\r\n", *text) != NULL)
			printf("%%%02X", *text);
		else if (escaped[0] != '\0')
			fputs(escaped, stdout);
		else
			putchar(*text);
		text += length;
	}
}

/* Print one finding as a workflow command. */
static void
print_command(const Problem *finding)
{
	printf("::%s ", problem_is_information(finding) ? "notice" : "error");
	if (finding->path != NULL)
	{
		fputs("file=", stdout);
		print_escaped(finding->path, true);
		putchar(',');
	}
	if (finding->line > 0)
		printf("line=%d,", finding->line);
	printf("title=%s::", problem_name(finding->kind));
	print_escaped(finding->text, false);
	putchar('\n');
}

void
show_findings_warn(FindingsForm form, const char *text)
{
	if (form != FINDINGS_GITHUB)
	{
		pg_log_warning("%s", report_printable(text));
		return;
	}
	fputs("::warning::", stdout);
	print_escaped(text, false);
	putchar('\n');
}

/*
 * Print what a finding is recognized by when it is found again: a digest of
 * its kind, its file and its text, and of how many were the same before, but
 * not of the line, which other lines may move.
 */
static void
print_fingerprint(const Problem *finding, Seen *seen)
{
	SourceDigest digest;
	SourceDigits digits = "";
	char	   *text = psprintf("%s|%s|%s", problem_name(finding->kind),
								finding->path == NULL ? "" : finding->path,
								finding->text);
	int			same = seen->counts[name_table_add(seen->findings, text)]++;
	char	   *whole = psprintf("%s|%d", text, same);

	if (project_source_digest_bytes(whole, strlen(whole), digest))
		project_source_digits(digest, digits);
	json_print_string(digits);
	pg_free(whole);
	pg_free(text);
}

/* Print one finding for GitLab. */
static void
print_issue(const Problem *finding, Seen *seen)
{
	json_begin_object("description", finding->text);
	json_print_member("check_name", problem_name(finding->kind));
	json_print_key("fingerprint");
	print_fingerprint(finding, seen);
	json_print_member("severity", problem_is_information(finding) ? "info" :
					  "major");
	json_print_key("location");
	json_begin_object("path", finding->path == NULL ? NOWHERE :
					  finding->path);
	printf(", \"lines\": {\"begin\": %d}}}", Max(finding->line, 1));
}

/* Print a path as a URI: its bytes, those that mean something there as %FF. */
static void
print_uri(const char *path)
{
	const char *p;

	putchar('"');
	for (p = path; *p != '\0'; p++)
		if (isalnum((unsigned char) *p) && !IS_HIGHBIT_SET(*p))
			putchar(*p);
		else if (strchr("/-._~", *p) != NULL)
			putchar(*p);
		else
			printf("%%%02X", (unsigned char) *p);
	putchar('"');
}

/* Print a message of SARIF, in which [TEXT](URI) would be a link. */
static void
print_message(const char *text)
{
	PQExpBufferData message;
	const char *p;

	initPQExpBuffer(&message);
	for (p = text; *p != '\0'; p++)
	{
		if (*p == '(' && p > text && p[-1] == ']')
			appendPQExpBufferChar(&message, '\\');
		appendPQExpBufferChar(&message, *p);
	}
	json_print_string(message.data);
	termPQExpBuffer(&message);
}

/* Print one finding as a result of SARIF. */
static void
print_result(const Problem *finding, Seen *seen)
{
	json_begin_object("ruleId", problem_name(finding->kind));
	json_print_number("ruleIndex", finding->kind);
	json_print_member("level", problem_is_information(finding) ? "note" :
					  "error");
	fputs(", \"message\": {\"text\": ", stdout);
	print_message(finding->text);
	fputs("}, \"locations\": [{\"physicalLocation\": {\"artifactLocation\":"
		  " {\"uri\": ", stdout);
	print_uri(finding->path == NULL ? NOWHERE : finding->path);
	printf("}, \"region\": {\"startLine\": %d}}}]"
		   ", \"partialFingerprints\": {\"versioning/v1\": ",
		   Max(finding->line, 1));
	print_fingerprint(finding, seen);
	fputs("}}", stdout);
}

/* Print the kinds of findings as rules of SARIF, by their numbers. */
static void
print_rules(void)
{
	int			i;

	for (i = 0; i < PROBLEM_KINDS; i++)
	{
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		json_begin_object("id", problem_name((ProblemKind) i));
		putchar('}');
	}
}

/* Print what comes before the findings, unless it is text. */
static void
begin(FindingsForm form)
{
	if (form == FINDINGS_JSON)
		fputs("{\"findings\": [", stdout);
	else if (form == FINDINGS_GITLAB)
		putchar('[');
	else if (form == FINDINGS_SARIF)
	{
		fputs("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\""
			  ", \"version\": \"2.1.0\",\n"
			  " \"runs\": [{\"tool\": {\"driver\": {\"name\": \"versioning\""
			  ", \"version\": \"" VERSIONING_VERSION "\", \"rules\": [",
			  stdout);
		print_rules();
		fputs("]}},\n \"results\": [", stdout);
	}
}

/* Print what comes after them. */
static void
finish(FindingsForm form, const FindingCounts *counts, bool is_quiet)
{
	if (form == FINDINGS_TEXT && !is_quiet)
		print_summary(counts);
	else if (form == FINDINGS_JSON)
	{
		putchar(']');
		print_counts(counts);
		puts("}");
	}
	else if (form == FINDINGS_GITLAB)
		puts("]");
	else if (form == FINDINGS_SARIF)
		puts("]}]}");
}

void
show_findings_print(FindingsForm form, const Problem *const *findings,
					int count, const FindingCounts *counts, bool is_quiet)
{
	Seen		seen = {name_table_create(count),
		pg_malloc0((count + 1) * sizeof(int))};
	int			i;

	begin(form);
	for (i = 0; i < count; i++)
	{
		if (form != FINDINGS_TEXT && form != FINDINGS_GITHUB)
			fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		if (form == FINDINGS_TEXT)
			print_text(findings[i]);
		else if (form == FINDINGS_JSON)
			print_object(findings[i]);
		else if (form == FINDINGS_GITHUB)
			print_command(findings[i]);
		else if (form == FINDINGS_GITLAB)
			print_issue(findings[i], &seen);
		else
			print_result(findings[i], &seen);
	}
	finish(form, counts, is_quiet);
	name_table_free(seen.findings);
	pg_free(seen.counts);
}
