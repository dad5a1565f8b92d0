# Versioning: the extension (src/, sql/) and the programs beside it (tools/).
#
#   make                builds         make demo   a tour, on a throw-away cluster
#   make install        installs       make test   all tests, on such a cluster
#   make uninstall      undoes that    make bench  what it costs, on one, too
#   make installcheck   the regression tests, on the running server
#   make clean          removes what was built
#
# PG_CONFIG=/path/to/pg_config chooses the PostgreSQL to build for, and a
# build directory elsewhere works, too: make -f /path/to/versioning/Makefile.
# demo and test install with apt what they miss; `make setup' does only that.

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

here := $(dir $(firstword $(MAKEFILE_LIST)))
control := $(here)versioning.control
version := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(control))

# The extension

EXTENSION = versioning
MODULE_big = versioning
OBJS = src/versioning.o src/rules.o src/registry.o src/reverse_lookup.o \
	src/columns.o src/row.o src/patch.o src/assertions.o src/current_patch.o \
	src/history.o src/append_only.o src/journal.o src/journal_check.o src/sequence.o src/settings.o src/attempt.o \
	src/event_rows.o src/guard.o src/verdict.o src/dropped.o src/change.o \
	src/change_commands.o src/change_drops.o src/change_former.o \
	src/change_grants.o src/change_journal.o src/change_life.o \
	src/change_names.o src/change_parts.o src/change_recall.o \
	src/change_record.o src/change_references.o
DATA_built = sql/versioning--$(version).sql

# The parts of the install script, in their order.
INSTALL_PARTS = schema patches functions history changes objects blame guard \
	ownership

REGRESS = install register try_register unregister assertions names bad_input \
	transactions privileges history current_patch guard guard_passes \
	corpus corpus_tables corpus_partitions corpus_code corpus_others \
	corpus_commands corpus_count
ISOLATION = same_patch old_snapshot dependent other_writers savepoint \
	history guard
ISOLATION_OPTS = --inputdir=$(here)test/isolation --load-extension=versioning

# Some packages of PostgreSQL come without the isolation tester.
ifeq ($(wildcard $(dir $(PGXS))../test/isolation/pg_isolation_regress*),)
undefine ISOLATION
endif

# The programs, and what they share

PROGRAMS = tools/list-dependencies tools/versioning
TOOL_OBJS = tools/array_literal.o tools/call_search.o tools/complaint.o \
	tools/file_bytes.o tools/file_heap.o tools/name_table.o \
	tools/patch_block.o tools/patch_call.o tools/patch_constant.o \
	tools/patch_cycle.o tools/patch_file.o tools/patch_graph.o \
	tools/patch_names.o tools/patch_reader.o tools/patch_statement.o \
	tools/psql_command.o tools/psql_script.o tools/report.o \
	tools/script_source.o tools/sql_constant.o tools/sql_lexer.o \
	tools/sql_quote.o tools/sql_type.o

VERSIONING_OBJS = tools/apply_plan.o tools/check_conflicts.o \
	tools/check_names.o tools/check_register.o tools/check_scripts.o \
	tools/check_transactions.o tools/command_apply.o tools/command_check.o \
	tools/command_graph.o tools/command_new.o tools/command_rehearse.o \
	tools/command_rollback.o tools/command_status.o tools/connection.o \
	tools/deploy.o tools/deploy_command.o tools/deploy_lock.o \
	tools/deploy_report.o tools/deploy_truth.o tools/dot_writer.o \
	tools/drawing.o tools/file_pair.o tools/file_run.o tools/file_search.o \
	tools/finding.o tools/interruption.o tools/known_names.o \
	tools/in_progress.o \
	tools/nameless_file.o tools/optional_register.o tools/options.o \
	tools/patch_plan.o tools/patch_state.o tools/patch_template.o \
	tools/program_path.o tools/progress.o tools/project.o \
	tools/psql_argument.o tools/psql_process.o tools/psql_run.o \
	tools/query_text.o tools/register.o tools/register_survey.o tools/rehearsal.o \
	tools/rollback_plan.o tools/schema_dump.o tools/scratch_database.o \
	tools/scratch_register.o tools/scratch_settings.o \
	tools/script_directive.o tools/script_outline.o tools/script_path.o \
	tools/script_restriction.o tools/script_walk.o tools/source_mark.o \
	tools/sql_session.o tools/statement_kind.o tools/status_json.o \
	tools/status_table.o tools/suggestion.o tools/transaction_ban.o \
	tools/transaction_state.o tools/truth_source.o

# All of our code is to compile without a warning under -Wextra. PostgreSQL's
# headers are not ours: as system headers they stay out of it.

PG_CPPFLAGS = -isystem $(includedir_server)
PG_CFLAGS = -Wextra
EXTRA_CLEAN = $(PROGRAMS) $(PROGRAMS:=.o) $(TOOL_OBJS) $(VERSIONING_OBJS)

ifneq ($(wildcard $(PGXS)),)

include $(PGXS)

$(shell mkdir -p src sql tools)

all: $(PROGRAMS)

$(DATA_built): $(INSTALL_PARTS:%=$(srcdir)/sql/install/%.sql) $(control)
	awk 'FNR == 1 && NR > 1 { print "" } { print }' $(filter %.sql,$^) >$@

$(OBJS): $(wildcard $(srcdir)/src/*.h)
$(PROGRAMS:=.o) $(TOOL_OBJS) $(VERSIONING_OBJS): \
	$(wildcard $(srcdir)/tools/*.h) $(control)

# The programs are not shared libraries. What they need of PostgreSQL they have
# from its static libraries, where some functions that libpq has, too, go by
# other names since version 16.
tools/%: override CFLAGS := $(filter-out $(CFLAGS_SL),$(CFLAGS))
tools/%.o: override CPPFLAGS += -DVERSIONING_VERSION='"$(version)"' \
	-DUSE_PRIVATE_ENCODING_FUNCS -isystem $(includedir) \
	-isystem $(includedir_internal)

$(PROGRAMS): %: %.o $(TOOL_OBJS)
	$(CC) $(CFLAGS) $^ $(LDFLAGS) $(LDFLAGS_EX) -L$(pkglibdir) \
		-L$(libdir) -lpgfeutils $(LIBPQ) -lpgcommon -lpgport $(DIGESTS) -o $@

tools/versioning: $(VERSIONING_OBJS)
# PostgreSQL's digests may be those of OpenSSL.
tools/versioning: LIBPQ = -lpq -lm
tools/versioning: DIGESTS = $(filter -lcrypto,$(LIBS))

# Where bash looks for completions, if the manual pages are where man looks.
completionsdir = $(dir $(mandir))bash-completion/completions

install: install-programs
installdirs: installdirs-programs
uninstall: uninstall-programs
clean: clean-directories

install-programs: $(PROGRAMS) | installdirs-programs
	$(INSTALL_PROGRAM) $^ '$(DESTDIR)$(bindir)/'
	$(INSTALL_DATA) $(PROGRAMS:%=$(srcdir)/%.1) '$(DESTDIR)$(mandir)/man1/'
	$(INSTALL_DATA) $(srcdir)/tools/versioning.bash-completion \
		'$(DESTDIR)$(completionsdir)/versioning'

installdirs-programs:
	$(MKDIR_P) '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' \
		'$(DESTDIR)$(completionsdir)'

uninstall-programs:
	rm -f $(PROGRAMS:tools/%='$(DESTDIR)$(bindir)/%') \
		$(PROGRAMS:tools/%='$(DESTDIR)$(mandir)/man1/%.1') \
		'$(DESTDIR)$(completionsdir)/versioning'

# Of a build directory elsewhere, nothing is left.
clean-directories:
	rm -f $(OBJS) $(OBJS:.o=.bc) $(DATA_built) $(EXTRA_CLEAN)
	rmdir src sql tools 2>/dev/null || :

else # PostgreSQL or its headers for extensions are not there

all install installdirs installcheck uninstall:
	@$(here)test/setup --check build
	@echo 'PostgreSQL has no file "$(PGXS)".' >&2; exit 1

clean distclean maintainer-clean:
	rm -rf $(EXTENSION).so $(OBJS) $(OBJS:.o=.bc) $(DATA_built) $(EXTRA_CLEAN) \
		results output_iso tmp_check tmp_check_iso log \
		regression.diffs regression.out

.PHONY: all install installdirs installcheck uninstall clean distclean

endif

# On a throw-away cluster. What setup installs decides what can be built, so
# it is for a make of its own to build.

setup setup-test:
	$(here)test/setup test

setup-demo setup-bench:
	$(here)test/setup build

demo test bench: export BUILD_DIRECTORY := $(CURDIR)

demo: setup-demo
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) all
	$(here)test/demo

test: setup-test
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) all
	$(here)test/run

bench: setup-bench
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) all
	$(here)test/bench/run

.PHONY: setup setup-demo setup-test setup-bench demo test bench \
	install-programs installdirs-programs uninstall-programs clean-directories
