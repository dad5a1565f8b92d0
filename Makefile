# Versioning: the extension (src/, sql/) and the programs beside it (tools/).
#
#   make                builds         make demo   a tour, on a throw-away cluster
#   make install        installs       make test   all tests, on such a cluster
#   make uninstall      undoes that    make bench  what it costs, on one, too
#   make installcheck   the regression tests, on the running server
#   make clean          removes what was built
#   make demo-three-phases  a tour of a change under traffic, likewise
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
OBJS = $(patsubst $(here)%.c,%.o,$(wildcard $(here)src/*/*.c))
DATA_built = sql/versioning--$(version).sql

# The parts of the install script, in their order.
INSTALL_PARTS = schema patches functions history attempts progress changes \
	objects blame dependents guard jobs ownership

REGRESS = install register try_register unregister assertions names bad_input \
	transactions privileges history attempts current_patch prepared guard \
	guard_passes corpus corpus_tables corpus_partitions corpus_code \
	corpus_others corpus_commands corpus_count
ISOLATION = same_patch old_snapshot dependent other_writers savepoint \
	history guard unfinished dependents
ISOLATION_OPTS = --inputdir=$(here)test/isolation --load-extension=versioning

# Some packages of PostgreSQL come without the isolation tester.
ifeq ($(wildcard $(dir $(PGXS))../test/isolation/pg_isolation_regress*),)
undefine ISOLATION
endif

# The programs, and what they share

PROGRAMS = tools/list-dependencies tools/versioning
LIBRARY = tools/libversioning.a
LIBRARY_OBJS = $(patsubst $(here)%.c,%.o,$(wildcard $(here)tools/*/*.c))

# All of our code is to compile without a warning under -Wextra. PostgreSQL's
# headers are not ours: as system headers they stay out of it.

PG_CPPFLAGS = -I$(here)src -isystem $(includedir_server)
PG_CFLAGS = -Wextra -MMD -MP
ALL_OBJS = $(OBJS) $(PROGRAMS:=.o) $(LIBRARY_OBJS)
EXTRA_CLEAN = $(PROGRAMS) $(LIBRARY) $(ALL_OBJS) $(ALL_OBJS:.o=.d)

ifneq ($(wildcard $(PGXS)),)

include $(PGXS)

$(shell mkdir -p sql $(sort $(dir $(ALL_OBJS))))

all: $(PROGRAMS)

$(DATA_built): $(INSTALL_PARTS:%=$(srcdir)/sql/install/%.sql) $(control)
	awk 'FNR == 1 && NR > 1 { print "" } { print }' $(filter %.sql,$^) >$@

# The compiler has said which headers each of them includes.
-include $(ALL_OBJS:.o=.d)
$(PROGRAMS:=.o): $(control)

# The programs are not shared libraries. What they need of PostgreSQL they have
# from its static libraries, where some functions that libpq has, too, go by
# other names since version 16.
tools/%: override CFLAGS := $(filter-out $(CFLAGS_SL),$(CFLAGS))
tools/%.o: override CPPFLAGS += -I$(srcdir)/tools \
	-DVERSIONING_VERSION='"$(version)"' -DUSE_PRIVATE_ENCODING_FUNCS -isystem $(includedir) \
	-isystem $(includedir_internal)

$(LIBRARY): $(LIBRARY_OBJS)
	rm -f $@
	$(AR) crs $@ $^

$(PROGRAMS): %: %.o $(LIBRARY)
	$(CC) $(CFLAGS) $^ $(LDFLAGS) $(LDFLAGS_EX) -L$(pkglibdir) \
		-L$(libdir) -lpgfeutils $(LIBPQ) -lpgcommon -lpgport $(DIGESTS) -o $@

# PostgreSQL's digests may be those of OpenSSL.
tools/versioning: LIBPQ = -lpq -lm
tools/versioning: DIGESTS = $(filter -lcrypto,$(LIBS))

# Where bash and zsh look for completions, if the manual pages are where man
# looks.
completionsdir = $(dir $(mandir))bash-completion/completions
zshdir = $(dir $(mandir))zsh/site-functions

# What versioning new --recipe knows.
recipesdir = $(datadir)/versioning/recipes
RECIPES = $(wildcard $(srcdir)/tools/recipes/*.sql)

install: install-programs
installdirs: installdirs-programs
remove-directories = remove-directories
uninstall: uninstall-programs $(remove-directories)
clean: clean-directories

install-programs: $(PROGRAMS) | installdirs-programs
	$(INSTALL_PROGRAM) $^ '$(DESTDIR)$(bindir)/'
	$(INSTALL_DATA) $(PROGRAMS:%=$(srcdir)/%.1) '$(DESTDIR)$(mandir)/man1/'
	$(INSTALL_DATA) $(srcdir)/tools/versioning.bash-completion \
		'$(DESTDIR)$(completionsdir)/versioning'
	$(INSTALL_DATA) $(srcdir)/tools/versioning.zsh-completion \
		'$(DESTDIR)$(zshdir)/_versioning'
	ln -sf versioning '$(DESTDIR)$(completionsdir)/list-dependencies'
	$(INSTALL_DATA) $(RECIPES) '$(DESTDIR)$(recipesdir)/'

installdirs-programs:
	$(MKDIR_P) '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' \
		'$(DESTDIR)$(completionsdir)' '$(DESTDIR)$(zshdir)' \
		'$(DESTDIR)$(recipesdir)'

uninstall-programs:
	rm -f $(PROGRAMS:tools/%='$(DESTDIR)$(bindir)/%') \
		$(PROGRAMS:tools/%='$(DESTDIR)$(mandir)/man1/%.1') \
		'$(DESTDIR)$(completionsdir)/versioning' \
		'$(DESTDIR)$(completionsdir)/list-dependencies' \
		'$(DESTDIR)$(zshdir)/_versioning' \
		$(RECIPES:$(srcdir)/tools/recipes/%='$(DESTDIR)$(recipesdir)/%')

# Directories that only we may have made go with what was in them. Below DESTDIR
# that is all of them; there PGXS's own rule, which comes last, would leave some.
ifeq ($(DESTDIR),)
remove-directories: uninstall-programs
	rmdir '$(mandir)/man1' '$(completionsdir)' \
		'$(dir $(mandir))bash-completion' '$(zshdir)' '$(dir $(zshdir))' \
		'$(recipesdir)' '$(dir $(recipesdir))' 2>/dev/null || :
else
remove-directories: uninstall-programs
	@$(MAKE) -s -f $(firstword $(MAKEFILE_LIST)) uninstall \
		remove-directories=
	cd '$(DESTDIR)' && rmdir -p './$(bindir)' './$(mandir)/man1' \
		'./$(completionsdir)' './$(zshdir)' './$(recipesdir)' \
		'./$(pkglibdir)' \
		'./$(pkglibdir)/bitcode' \
		'./$(datadir)/extension' 2>/dev/null || :
endif

# Of a build directory elsewhere, nothing is left.
clean-directories:
	rm -f $(OBJS) $(OBJS:.o=.bc) $(DATA_built) $(EXTRA_CLEAN)
	rmdir sql $(sort $(dir $(ALL_OBJS))) src tools 2>/dev/null || :

else # PostgreSQL or its headers for extensions are not there

all install installdirs installcheck uninstall:
	@$(here)test/harness/setup --check build
	@echo 'PostgreSQL has no file "$(PGXS)".' >&2; exit 1

clean distclean maintainer-clean:
	rm -rf $(EXTENSION).so $(OBJS:.o=.bc) $(DATA_built) $(EXTRA_CLEAN) \
		results output_iso tmp_check tmp_check_iso log \
		regression.diffs regression.out

.PHONY: all install installdirs installcheck uninstall clean distclean

endif

# On a throw-away cluster. What setup installs decides what can be built, so
# it is for a make of its own to build.

setup setup-test:
	$(here)test/harness/setup test

setup-bench:
	$(here)test/harness/setup build

demo demo-three-phases test bench: export BUILD_DIRECTORY := $(CURDIR)

demo:
	@$(here)test/harness/demo

demo-three-phases:
	@$(here)test/harness/demo three-phases

test: setup-test
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) all
	$(here)test/harness/run

bench: setup-bench
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) all
	$(here)test/bench/run

.PHONY: setup setup-test setup-bench demo demo-three-phases test bench \
	install-programs installdirs-programs uninstall-programs \
	remove-directories clean-directories
