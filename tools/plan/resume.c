/*-------------------------------------------------------------------------
 *
 * plan/resume.c
 *		Where the files go on that are not one transaction
 *
 * What was done is known by the digests of its texts, for it is not run again:
 * if these are not the same, only the user can know what that means.  The same
 * goes for what ran when the last attempt ended, if what came of it cannot be
 * looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "fe_utils/string_utils.h"
#include "plan/resume.h"

/* A step that is to go on */
typedef struct Resumption
{
	PatchPlan  *plan;
	const PlanStep *step;
	PlanParts  *parts;
	const char *name;			/* of the patch that is unfinished */
} Resumption;

/* Know the digest of the text of a part. */
static void
find_digest(const PlanStep *step, const ScriptPart *part, SourceDigits digits)
{
	const OutlineQuery *first = &step->outline->queries[part->first];
	const OutlineQuery *last = first + part->count - 1;
	SourceDigest digest;

	memset(digest, 0, sizeof(digest));
	(void) project_source_digest_bytes(step->file->bytes.text + first->start,
									   last->start + last->length -
									   first->start, digest);
	project_source_digits(digest, digits);
}

/*
 * The parts of a step.  A file that has been one of several transactions, and
 * of which a part was taken out, may be one transaction now: it goes on in
 * parts as well.
 */
static PlanParts *
make_parts(const PlanStep *step, const UnfinishedPatch *unfinished)
{
	PlanParts  *parts = pg_malloc0(sizeof(PlanParts));
	bool		is_cut = !step->outline->is_atomic ||
		(unfinished != NULL && !step->outline->is_wrapped);
	int			i;

	parts->unfinished = unfinished;
	if (step->outline->needs_psql || !is_cut ||
		step->file->bytes.text == NULL)
		return parts;
	parts->cut = script_parts_cut(step->outline, &step->file->bytes);
	parts->digests = pg_malloc((parts->cut.count + 1) * sizeof(SourceDigits));
	for (i = 0; i < parts->cut.count; i++)
		find_digest(step, &parts->cut.items[i], parts->digests[i]);
	return parts;
}

/* The patch of a step that is unfinished, or NULL. */
static const UnfinishedPatch *
find_unfinished(const PlanStep *step, const Register *reg)
{
	const UnfinishedPatch *patch = NULL;
	int			i;

	for (i = 0; i < step->name_count && patch == NULL; i++)
		patch = unfinished_find(&reg->unfinished, step->names[i]);
	return patch;
}

/* Has a step a patch of that name, or is that its file? */
static bool
has_name(const PlanStep *step, const char *name)
{
	int			i;

	if (strcmp(step->file->path, name) == 0)
		return true;
	for (i = 0; i < step->name_count; i++)
		if (strcmp(step->names[i], name) == 0)
			return true;
	return false;
}

/* Complain that a file does not go on by itself. */
static void complain(const Resumption *resumption, int line,
					 const char *format,...)
			pg_attribute_printf(3, 4);

static void
complain(const Resumption *resumption, int line, const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	problem_add(&resumption->plan->problems, PROBLEM_ERROR,
				resumption->step->file->path, line, "%s", text);
	pg_free(text);
}

/* Complain that a part is not what was done. */
static void
complain_of_difference(const Resumption *resumption, int line)
{
	complain(resumption, line, "patch \"%s\" is unfinished, and this is not "
			 "what was done at this place, which is not run again: put that "
			 "back, or say where to go on, with --restart-at LINE",
			 resumption->name);
}

/* How many lines a file has, as far as that is known. */
static int
count_lines(const PlanStep *step)
{
	const FileBytes *bytes = &step->file->bytes;
	int			lines = 0;
	size_t		i;

	for (i = 0; bytes->text != NULL && i < bytes->length; i++)
		lines += bytes->text[i] == '\n' || i + 1 == bytes->length;
	return lines;
}

/* Does a part begin in the line in which the one before it begins? */
static bool
shares_line(const PlanParts *parts, int part)
{
	return part > 0 && part < parts->cut.count &&
		parts->cut.items[part].line == parts->cut.items[part - 1].line;
}

/* At which line is it to go on if nothing was done of a part? */
static int
line_of(const PlanParts *parts, int part)
{
	return part == PLAN_RESUME_WHOLE ? 1 : parts->cut.items[part].line;
}

/* And if all was? */
static int
line_after(const PlanStep *step, int part)
{
	const PlanParts *parts = step->parts;

	if (part == PLAN_RESUME_WHOLE)
		return count_lines(step) + 1;
	return part + 1 < parts->cut.count ? parts->cut.items[part + 1].line :
		parts->cut.items[part].end_line + 1;
}

/* The command that goes on at a line. */
static char *
command_at(const char *name, int line)
{
	PQExpBuffer quoted = createPQExpBuffer();
	char	   *command;

	(void) appendShellStringNoError(quoted, name);
	command = psprintf("\"versioning apply %s --restart-at %d\"",
					   quoted->data, line);
	destroyPQExpBuffer(quoted);
	return command;
}

char *
plan_resume_command_after(const PlanStep *step, int part, const char *name)
{
	return command_at(name, line_after(step, part));
}

char *
plan_resume_answers(const PlanStep *step, int part, const char *name)
{
	char	   *again;
	char	   *after;
	char	   *text;

	if (shares_line(step->parts, part) || shares_line(step->parts, part + 1))
		return pg_strdup("It shares its line with another part: give each a "
						 "line of its own, and run \"versioning apply\" "
						 "again.");
	again = command_at(name, line_of(step->parts, part));
	after = command_at(name, line_after(step, part));
	text = psprintf("If nothing was, or it was undone, run %s; if all of it "
					"was, or it was finished by hand, run %s.", again, after);
	pg_free(again);
	pg_free(after);
	return text;
}

/* Complain that it cannot be known what came of the next part. */
static void
ask(const Resumption *resumption, int part)
{
	const PlanStep *step = resumption->step;
	char	   *answers = plan_resume_answers(step, part, resumption->name);

	complain(resumption, line_of(step->parts, part), "patch \"%s\" is "
			 "unfinished, and it is not known how much of this was done: "
			 "find out. %s", resumption->name, answers);
	pg_free(answers);
}

/* Take the next element off a list with commas between. */
static void
take_digest(const char **list, char *digest, size_t size)
{
	size_t		length = strcspn(*list, ",");

	strlcpy(digest, *list, Min(size, length + 1));
	*list += length + ((*list)[length] == ',');
}

/*
 * Is all that was done still there, in the same words?  What only sets
 * something is run again, so there it does not matter.
 */
static bool
check_done(const Resumption *resumption)
{
	const PlanParts *parts = resumption->parts;
	const char *list = parts->unfinished->digests;
	int			i;

	for (i = 0; i < parts->unfinished->done; i++)
	{
		SourceDigits digest;
		bool		is_same;

		take_digest(&list, digest, sizeof(digest));
		is_same = i < parts->cut.count &&
			(digest[0] == '\0' ?
			 parts->cut.items[i].kind == PART_IS_SETTING :
			 strcmp(digest, parts->digests[i]) == 0);
		if (is_same)
			continue;
		complain_of_difference(resumption, i < parts->cut.count ?
							   parts->cut.items[i].line : 0);
		return false;
	}
	return true;
}

/* Temporary objects have gone with their session. */
static bool
check_temporary(const Resumption *resumption)
{
	const PlanStep *step = resumption->step;
	const PlanParts *parts = resumption->parts;
	int			i;

	for (i = 0; i < parts->next; i++)
		if (script_parts_is_temporary(step->outline, &step->file->bytes,
									  &parts->cut.items[i]))
			break;
	if (i == parts->next)
		return true;
	complain(resumption, parts->cut.items[i].line, "patch \"%s\" is "
			 "unfinished, and what is temporary here, or set for the session, "
			 "has gone with it: say where to go on, with --restart-at LINE",
			 resumption->name);
	return false;
}

bool
plan_resume_is_known(const PlanParts *parts, const UnfinishedPatch *patch)
{
	ScriptPartKind kind;

	if (patch->done >= parts->cut.count)
		return false;
	if (patch->relation[0] != '\0')
		return true;
	if (strcmp(patch->running, parts->digests[patch->done]) != 0)
		return false;
	kind = parts->cut.items[patch->done].kind;
	return kind > PART_IS_PIECES ||
		(kind == PART_IS_WHOLE && patch->error[0] != '\0');
}

/* Go on after what is done. */
static void
go_on(const Resumption *resumption)
{
	PlanParts  *parts = resumption->parts;

	if (!check_done(resumption))
		return;
	parts->next = parts->unfinished->done;
	if (!check_temporary(resumption) || !parts->unfinished->runs)
		return;
	if (parts->next == parts->cut.count)
	{
		complain_of_difference(resumption, 0);
		return;
	}
	if (!plan_resume_is_known(parts, parts->unfinished))
		ask(resumption, parts->next);
}

/* Complain of a line that is inside a part: an error names where it ends. */
static void
complain_of_middle(const Resumption *resumption, int line, int part)
{
	int			first = line_of(resumption->parts, part);

	complain(resumption, line, "this is in a part that begins in line %d: "
			 "say \"--restart-at %d\" to run it, or \"--restart-at %d\" if "
			 "it is done", first, first,
			 line_after(resumption->step, part));
}

/*
 * Complain of a line that does not say where to go on: in the middle of a
 * part; or if the part that is unfinished begins there, and is not the first
 * one, since what is done would be run again.
 */
static void
check_line(const Resumption *resumption, int line)
{
	const PlanParts *parts = resumption->parts;
	const ScriptPart *items = parts->cut.items;
	int			done = parts->unfinished->done;
	int			next = parts->next;

	if (next > 0 && items[next - 1].end_line >= line &&
		(next == parts->cut.count || items[next].line > line))
		complain_of_middle(resumption, line, next - 1);
	else if (next < done && shares_line(parts, done) &&
			 items[done].line == line)
		complain(resumption, line, "several parts begin in this line: give "
				 "each a line of its own");
}

/* Go on where the user says. */
static void
go_on_at(const Resumption *resumption, int line)
{
	PlanParts  *parts = resumption->parts;

	if (parts->cut.count > 0)
	{
		for (parts->next = 0; parts->next < parts->cut.count; parts->next++)
			if (parts->cut.items[parts->next].line >= line)
				break;
		check_line(resumption, line);
		return;
	}
	parts->next = line > 1;
	if (line > 1 && line <= count_lines(resumption->step))
		complain(resumption, line, "this file is run as a whole: say "
				 "\"--restart-at 1\", or a line after its end");
}

/* Complain if all of a patch is said to be done that is not registered. */
static void
check_registered(const Resumption *resumption, const Register *reg)
{
	const PlanStep *step = resumption->step;
	const PlanParts *parts = resumption->parts;
	int			i;

	if (parts->next < Max(parts->cut.count, 1))
		return;
	for (i = 0; i < step->name_count; i++)
		if (register_find_row(reg, step->names[i]) == NULL)
			complain(resumption, 0, "patch \"%s\" is not in the register, so "
					 "not all of it is done", step->names[i]);
}

/* Find where a step goes on. */
static void
resume_step(const Resumption *resumption, const Register *reg, int line)
{
	const PlanParts *parts = resumption->parts;

	if (line != PLAN_RESUME_BY_ITSELF)
	{
		go_on_at(resumption, line);
		check_registered(resumption, reg);
	}
	else if (parts->cut.count > 0)
		go_on(resumption);
	else
		ask(resumption, PLAN_RESUME_WHOLE);
}

/*
 * Warn of patches that are unfinished, and of which the plan, if it is for all
 * that there is, has no file.
 */
static void
warn_of_others(PatchPlan *plan, const Register *reg)
{
	int			i;
	int			j;

	for (i = 0; i < reg->unfinished.count; i++)
	{
		const char *name = reg->unfinished.patches[i].name;

		for (j = 0; j < plan->count; j++)
			if (has_name(&plan->steps[j], name))
				break;
		if (j == plan->count)
			problem_add(&plan->problems, PROBLEM_WARNING, NULL, 0,
						"patch \"%s\" is unfinished since %s, and no file "
						"here registers it", name,
						reg->unfinished.patches[i].since);
	}
}

/* Complain of a line where there is nothing to go on with. */
static void
refuse_line(PatchPlan *plan, const char *name)
{
	problem_add(&plan->problems, PROBLEM_ERROR, NULL, 0,
				"patch \"%s\" is not unfinished, so it does not go on at any "
				"line", name);
}

void
plan_resume(PatchPlan *plan, const Register *reg, const char *name, int line)
{
	bool		is_used = line == PLAN_RESUME_BY_ITSELF;
	int			i;

	for (i = 0; reg->survey.has_unfinished && i < plan->count; i++)
	{
		PlanStep   *step = &plan->steps[i];
		bool		is_meant = line != PLAN_RESUME_BY_ITSELF &&
			has_name(step, name);
		Resumption	resumption = {plan, step, NULL, NULL};
		const UnfinishedPatch *unfinished = find_unfinished(step, reg);

		is_used |= is_meant && (unfinished != NULL || line == 1);
		if (unfinished != NULL)
			plan_open_step(step);
		else if (step->outline == NULL || step->outline->is_atomic)
			continue;
		step->parts = resumption.parts = make_parts(step, unfinished);
		if (unfinished == NULL)
			continue;
		resumption.name = step->parts->unfinished->name;
		resume_step(&resumption, reg,
					is_meant ? line : PLAN_RESUME_BY_ITSELF);
	}
	if (!is_used)
		refuse_line(plan, name);
	if (name == NULL)
		warn_of_others(plan, reg);
}
