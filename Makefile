# All commands for developers; `make help` lists them.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
unexport NODE_ENV # the tools choose it; "production" would leave out those for development
.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | \
		awk -F '\t' '{ printf "  make %-16s %s\n", $$1, $$2 }'

# --- run -----------------------------------------------------------------------------------------
.PHONY: run up down status logs token
run: ## install what is missing, build, serve on http://127.0.0.1:8080 until Ctrl-C
	@bin/local run
up: ## the same in the background; returns when it is healthy
	@bin/local up
down: ## stop it; the data remain
	@bin/local down
status: ## show what runs, and on which address
	@bin/local status
logs: ## follow the logs; make logs ID=… shows the logs of one request
	@bin/local logs $(if $(ID),'$(ID)')
# A shell also exports USER; only a USER of the command line counts.
token: ## print an access token: make -s token USER=andrewbrown
	@bin/local token $(if $(filter command line,$(origin USER)),$(USER),andrewbrown)

# --- build ---------------------------------------------------------------------------------------
# BUILD is the folder of a variant: `make build` writes to build/, `make build VARIANT=asan` to
# build/asan, with the sanitizers.
VARIANT ?=
BUILD   := build$(if $(VARIANT),/$(VARIANT))
ifeq ($(origin CC),default)
CC      := gcc
endif
JOBS     = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

PKGS     := fcgi libpq libcurl json-c libcrypto expat zlib
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
            -Werror
HARDEN    = -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection $(BRANCHES) -fPIE
# Checks of the targets of jumps, which each processor has in its own way. The first `make` on a
# machine reads this before it has installed the compiler.
MACHINE   = $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
BRANCHES  = $(BRANCHES_$(MACHINE))
BRANCHES_x86_64  := -fcf-protection
BRANCHES_aarch64 := -mbranch-protection=standard
# Local variables start as zero, except large buffers with __attribute__((uninitialized)). Valgrind
# and the analyzer are built without this, because it would hide uninitialized variables from them.
INIT     := -ftrivial-auto-var-init=zero
OPT       = -O2 -g $(HARDEN) $(INIT)
LDOPT    := -pie -Wl,-z,relro,-z,now
LIB      := libcommon.a
ifeq ($(VARIANT),asan)
OPT      := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDOPT    := -fsanitize=address,undefined
endif
ifeq ($(VARIANT),clang)
CC       := clang
INIT     += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang # before clang 16
endif
ifeq ($(VARIANT),analyzer)
INIT     := -fanalyzer
endif
# Objects only, with the headers of this machine's libraries: Debian's cross compiler has only its own C
# library.
ifeq ($(VARIANT),arm64)
CC       := aarch64-linux-gnu-gcc
OPT      += -idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch)
endif
ifeq ($(VARIANT),valgrind)
INIT     := -DBUDGET_SLOWER=20
endif
# One library that all programs and unit tests load: a changed file costs one compilation and one link.
ifeq ($(VARIANT),mutation)
OPT      := -O1 -fPIC -fsanitize=undefined -fno-sanitize-recover=all
LDOPT    := -fsanitize=undefined -Wl,-rpath,$(CURDIR)/$(BUILD)
# A mutant may leave out what an `if` does, and mix operators without brackets.
WARNINGS += -Wno-empty-body -Wno-parentheses
LIB      := libcommon.so
endif
ifeq ($(VARIANT),fuzz)
CC       := clang
OPT      := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
            -fsanitize=fuzzer-no-link,address,undefined
LDOPT    := -fsanitize=fuzzer,address,undefined
endif

CPPFLAGS := -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -Icommon -I$(BUILD)/gen \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS   := -std=c17 $(WARNINGS) $(OPT)
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lunistring # has no .pc file

COMMON_O := $(patsubst common/%.c,$(BUILD)/common/%.o,$(sort $(wildcard common/*/*.c))) \
            $(BUILD)/gen/queries.o $(BUILD)/gen/requests.o
PROGRAMS := $(patsubst fcgi/%.c,%,$(sort $(wildcard fcgi/*.c)))
AWS_O    := $(patsubst bin/aws/%.c,$(BUILD)/aws/%.o,$(sort $(wildcard bin/aws/*.c))) \
            $(BUILD)/gen/command_requests.o
POOLS_O  := $(patsubst bin/pools/%.c,$(BUILD)/pools/%.o,$(sort $(wildcard bin/pools/*.c)))
DAEMONS  := $(patsubst daemons/%.c,%,$(sort $(wildcard daemons/*.c)))
BINS     := $(addprefix $(BUILD)/bin/,$(PROGRAMS) $(DAEMONS) cruddur-aws cruddur-pools)
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/*_test.c)))
VECTOR_BINS := $(patsubst tests/vectors/%.c,$(BUILD)/vectors/%,$(sort $(wildcard tests/vectors/*.c)))
FUZZERS  := $(patsubst tests/fuzz/%.c,build/fuzz/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
QUERIES  := $(sort $(shell find sql/queries -name '*.sql'))
REQUESTS := common/aws/requests/holes $(sort $(wildcard common/aws/requests/*/*.json))
COMMAND_REQUESTS := common/aws/requests/holes bin/aws/requests/holes \
            $(sort $(wildcard bin/aws/requests/*/*.json))
GEN_H    := $(addprefix $(BUILD)/gen/,queries.h requests.h command_requests.h operations.h limit.h \
	    local.h partitions.h programs.h)

# A target is written under another name and then renamed, because a killed build must not leave a part of
# it that looks new.
# Prints one word and the target; V=1 shows the whole command.
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2);)

.PHONY: build programs objects units vectors fuzzers
# Concurrent builds (two `make test`, a `make up`) take turns: the second make does the work, locked.
# Without a compiler every file would fail.
define locked
@command -v $(firstword $(CC)) pkg-config >/dev/null && pkg-config --exists $(PKGS) || { echo \
	"$(firstword $(CC)) or headers of libraries are missing; as root run: bin/install-packages build" >&2; exit 1; }
+@mkdir -p $(BUILD) && flock $(BUILD) $(MAKE) --no-print-directory $(JOBS)
endef
build: ## compile everything into build/ (VARIANT=asan: with the sanitizers, into build/asan)
	$(locked) programs
programs: $(BINS) $(BUILD)/gen/routes.tsv
objects:
	+$(locked) $(COMMON_O) $(PROGRAMS:%=$(BUILD)/fcgi/%.o) $(DAEMONS:%=$(BUILD)/daemons/%.o) $(AWS_O)
units:
	$(locked) $(UNITS)
vectors:
	$(locked) $(VECTOR_BINS)
fuzzers: BUILD = build/fuzz
fuzzers:
	$(locked) VARIANT=fuzz $(FUZZERS)

# Runs $(2), which writes $(1).c and $(1).h into the folder `out`.
embed = new=$(BUILD)/gen/$(1).new && mkdir -p $$new && $(2) -v out=$$new
embedded = && mv $$new/* $(BUILD)/gen && rmdir $$new
$(BUILD)/gen/queries.c $(BUILD)/gen/queries.h &: sql/embed.awk $(QUERIES)
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(call embed,queries,awk -f sql/embed.awk) $(QUERIES) $(embedded)

requests_awk = awk -f common/aws/requests.awk
$(BUILD)/gen/requests.c $(BUILD)/gen/requests.h &: common/aws/requests.awk $(REQUESTS)
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(call embed,requests,$(requests_awk)) -v name=requests $(REQUESTS) $(embedded)
$(BUILD)/gen/command_requests.c $(BUILD)/gen/command_requests.h &: common/aws/requests.awk $(COMMAND_REQUESTS)
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(call embed,command_requests,$(requests_awk)) -v name=command_requests -v commands=1 \
		$(COMMAND_REQUESTS) $(embedded)

$(BUILD)/gen/operations.h: common/run/operations.awk $(QUERIES) $(REQUESTS)
	@mkdir -p $(@D)
	$(call say,GEN,$@)awk -f common/run/operations.awk $(QUERIES) $(filter %.json,$(REQUESTS)) >$@.new && mv $@.new $@

# The constants of a local run, for the commands of bin/aws.
$(BUILD)/gen/local.h: bin/constants
	@mkdir -p $(@D)
	$(call say,GEN,$@)sed -n 's/^\(local_[a-z_]*\|[a-z]*_port\)=\(.*\)$$/#define \U\1\E "\2"/p' $< >$@.new && mv $@.new $@

$(BUILD)/gen/partitions.h: bin/partitions
	@mkdir -p $(@D)
	$(call say,GEN,$@)awk '!/^#/ { sub(/^[*]$$/, "", $$1); printf "{\"%s\", \"%s\"},\n", $$1, $$2 }' $< >$@.new && mv $@.new $@

$(BUILD)/gen/limit.h: common/limits.json
	@mkdir -p $(@D)
	$(call say,GEN,$@)sed -n 's/^ *"\([a-z_]*\)": *\([0-9]*\),\{0,1\}$$/#define LIMIT_\U\1 \2/p' $< >$@.new && mv $@.new $@

$(BUILD)/gen/routes.tsv: bin/routes nginx/routes $(wildcard fcgi/*.c)
	@mkdir -p $(@D)
	$(call say,GEN,$@)bin/routes >$@.new && mv $@.new $@

# The programs of the table of routes, for /metrics: name, needs, methods (the bits of metrics_methods).
$(BUILD)/gen/programs.h: $(BUILD)/gen/routes.tsv fcgi/programs.awk
	@mkdir -p $(@D)
	$(call say,GEN,$@)awk -f fcgi/programs.awk $< >$@

# Keys for the tests of identity. Generating one under valgrind would take a minute.
$(BUILD)/gen/signing_keys.h:
	@mkdir -p $(@D)
	$(call say,GEN,$@)for key in key:2048 other_key:2048 short_key:1024; do \
		echo "static const char signing_$${key%:*}[] =" && \
		openssl genrsa $${key#*:} 2>/dev/null | sed 's/.*/"&\\n"/' && echo ';' || exit 1; done >$@.new && mv $@.new $@

# One rule for all objects: build/DIR/NAME.o from DIR/NAME.c. Generated headers are made first; the .d
# files say which objects depend on which of them.
define compile
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@.new && mv $@.new $@
endef
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c | $(GEN_H)
	$(compile)
$(BUILD)/common/%.o: common/%.c | $(GEN_H)
	$(compile)
$(BUILD)/fcgi/%.o: fcgi/%.c | $(GEN_H)
	$(compile)
$(BUILD)/daemons/%.o: daemons/%.c | $(GEN_H)
	$(compile)
$(BUILD)/aws/%.o: bin/aws/%.c | $(GEN_H)
	$(compile)
$(BUILD)/pools/%.o: bin/pools/%.c | $(GEN_H)
	$(compile)
$(BUILD)/tests/%.o: tests/unit/%.c | $(GEN_H) $(BUILD)/gen/signing_keys.h
	$(compile)
$(BUILD)/vectors/%.o: tests/vectors/%.c | $(GEN_H)
	$(compile)
$(BUILD)/fuzz/%.o: tests/fuzz/%.c | $(GEN_H)
	$(compile)

# gcc 12's analyzer takes a stream for lost that is still in other lists of the hub; valgrind and the
# sanitizers look for leaks of it.
ifeq ($(VARIANT),analyzer)
$(BUILD)/common/live/hub.o: CFLAGS += -Wno-analyzer-malloc-leak
endif

# The version is compiled into one object, which is rebuilt when the version changes.
$(BUILD)/common/web/route.o $(BUILD)/fuzz/cgi.o: CPPFLAGS += -DCRUDDUR_VERSION='"$(VERSION)"'
$(BUILD)/common/web/route.o: $(BUILD)/gen/version
.PHONY: always
$(BUILD)/gen/version: always
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

$(BUILD)/libcommon.a: $(COMMON_O)
	$(call say,AR,$@)rm -f $@.new && ar rcs $@.new $^ && mv $@.new $@
$(BUILD)/libcommon.so: $(COMMON_O)
	$(call say,LD,$@)$(CC) -shared -Wl,-soname,libcommon.so $^ $(LDLIBS) -o $@.new && mv $@.new $@

define link
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDOPT) $^ $(LDLIBS) -o $@.new && mv $@.new $@
endef
$(BUILD)/bin/cruddur-aws: $(AWS_O) $(BUILD)/$(LIB)
	$(link)
# Small processes: they load no library but libc.
$(BUILD)/bin/cruddur-pools: LDLIBS :=
$(DAEMONS:%=$(BUILD)/bin/%): LDLIBS := $(shell pkg-config --libs libpq 2>/dev/null)
$(DAEMONS:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/daemons/%.o $(BUILD)/$(LIB)
	$(link)
$(BUILD)/bin/cruddur-pools: $(POOLS_O) $(BUILD)/$(LIB)
	$(link)
$(BUILD)/bin/%: $(BUILD)/fcgi/%.o $(BUILD)/$(LIB)
	$(link)
$(BUILD)/tests/%: LDLIBS += -lcmocka
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/$(LIB)
	$(link)
$(BUILD)/vectors/%: $(BUILD)/vectors/%.o $(BUILD)/$(LIB)
	$(link)
$(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $(BUILD)/$(LIB)
	$(link)

# Preloaded into workers by tests/faults.
FAULT_LIBS := $(patsubst tests/faults/%.c,build/faults/%.so,$(wildcard tests/faults/*.c))
build/faults/%.so: tests/faults/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -D_DEFAULT_SOURCE -std=c17 $(WARNINGS) -O2 -fPIC -shared $< -o $@

# Preloaded into DynamoDB Local by bin/local.
build/loopback.so: bin/dynamodb-local/loopback.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -D_DEFAULT_SOURCE -std=c17 $(WARNINGS) -O2 -fPIC -shared $< -o $@

# The smallest FastCGI program, built with the flags of the programs (tests/bench).
build/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDOPT) $< -lfcgi -o $@

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)

.SECONDARY:

# --- the front end -------------------------------------------------------------------------------
# npm runs on the pinned Node, because it skips packages that require a newer Node than its own.
FRONTEND := $(filter-out frontend/src/api/schema.ts,$(shell find frontend/src frontend/public frontend/service-worker -type f)) \
	    $(wildcard frontend/*.*) common/limits.json docs/openapi.yaml
IN_FRONTEND := cd frontend && PATH="$(CURDIR)/node_modules/.bin:$$PATH"

.PHONY: frontend
frontend: ## build the front end into frontend/dist
	@flock frontend $(MAKE) --no-print-directory frontend/dist/index.html
# A killed build leaves a part of the pages, and the file `unfinished`.
frontend/dist/index.html: frontend/node_modules/.package-lock.json $(FRONTEND) \
		$(if $(wildcard build/unfinished),always)
	@mkdir -p build && touch build/unfinished
	$(call say,WEB,frontend/dist)($(IN_FRONTEND) node --run build) >build/frontend.log 2>&1 || \
		{ cat build/frontend.log; exit 1; }
	@touch $@ && rm build/unfinished
frontend/node_modules/.package-lock.json: frontend/package-lock.json frontend/.npmrc
	@bin/install-tools
	$(call say,NPM,frontend/node_modules)PATH="$(CURDIR)/node_modules/.bin:$$PATH" bin/npm-ci frontend >/dev/null
	@touch $@

PREFIX ?= /opt/cruddur
app    := $(DESTDIR)$(PREFIX)
.PHONY: install copies clean format
# The modes are those of the installation, not of the caller's umask or of the checkout.
install: build frontend ## copy programs, configuration and pages: make install DESTDIR= PREFIX=/opt/cruddur
	@bin/install-tools # dbmate and swagger-ui are npm packages
	@umask 022 && $(MAKE) --no-print-directory copies
copies:
	install -d "$(app)/fcgi" "$(app)/bin/templates" "$(app)/nginx" "$(app)/sql/migrations"
	install $(addprefix $(BUILD)/bin/,$(PROGRAMS)) "$(app)/fcgi"
	install $(addprefix $(BUILD)/bin/,$(DAEMONS) cruddur-aws cruddur-pools) bin/certificates bin/drill bin/jobs bin/logs bin/pool bin/record bin/render bin/rotate-logs bin/serve bin/slot "$(app)/bin"
	cp -fLl node_modules/.bin/dbmate "$(app)/bin" 2>/dev/null || install node_modules/.bin/dbmate "$(app)/bin"
	install -m 644 bin/backups.sh bin/constants bin/partitions bin/configuration.sh bin/environment.sh bin/operator.sh bin/home.sh "$(app)/bin"
	install -m 644 $(addprefix bin/templates/,supervisord.conf.in serving.ini.in pool.ini.in hub.ini.in jobs.ini.in edge.ini.in) \
		"$(app)/bin/templates"
	cp -R --remove-destination bin/cognito bin/db bin/ddb bin/people bin/rds "$(app)/bin"
	install -m 644 nginx/*.in nginx/problems $(BUILD)/gen/routes.tsv "$(app)/nginx"
	systemd/generate "$(app)/lib/systemd/system" $(PREFIX)
	install -m 644 .env.example "$(app)/cruddur.env.example"
	install -m 644 production.env.example "$(app)"
	install -m 644 sql/people.json sql/seed.sql sql/seed-messages.json "$(app)/sql"
	install -m 644 $(wildcard sql/migrations/*) "$(app)/sql/migrations"
	rm -rf "$(app)/www" && mkdir "$(app)/www"
	cp -R frontend/dist/. "$(app)/www"
	install -d "$(app)/www/api"
	cp -R docs/api/. "$(app)/www/api"
	install -m 644 docs/openapi.yaml "$(app)/www/api"
	install -m 644 $(addprefix node_modules/swagger-ui-dist/swagger-ui,.css -bundle.js) \
		"$(app)/www/api/docs"
	chmod -R u=rwX,go=rX $(patsubst %,"$(app)/%",bin/cognito bin/db bin/ddb bin/people bin/rds lib www)

clean: ## remove the build; the data of local runs remain
	rm -rf build frontend/dist frontend/node_modules

.PHONY: new-route
new-route: tools ## write the stub of a route: make new-route NAME=tides [METHOD=GET ROUTE=/api/tides AUTH=none]
	@bin/new-route '$(NAME)' '$(METHOD)' '$(ROUTE)' '$(AUTH)'

FORMATTED := $(wildcard common/*/*.[ch] fcgi/*.[ch] daemons/*.[ch] bin/*/*.[ch] tests/*/*.[ch])
format: ## format the C files
	clang-format -i $(FORMATTED)

# --- test ----------------------------------------------------------------------------------------
# tests/tally passes on the output of a command and ends with the sum: `N passed, N failed`.
NODE := node_modules/.bin/node

# Runs targets in parallel, one per processor, because most of them wait most of the time. The output of
# a target appears in one piece when it ends, with its duration.
many = tests/tally $(MAKE) -k $(JOBS) -Otarget --no-print-directory
timed-%: ready
	@tests/timed $* $(MAKE) --no-print-directory $*

# The packages, and only then the build, which needs their headers.
.PHONY: ready
ready: tools
	+@$(MAKE) --no-print-directory build

.PHONY: tools test test-all test-units test-api test-frontend test-browser test-consistency
tools:
	@bin/install-packages runtime build node local test
	@bin/install-tools
test: ## run every test, in private folders and on free ports
	+@$(many) test-all
# The longest first.
TESTS := test-api test-browser test-units test-frontend test-consistency
test-all: $(TESTS:%=timed-%)
test-units: tools units
	@tests/run-units $(UNITS)
test-api: tools build
	@$(NODE) --test --test-concurrency=2 --test-reporter=spec tests/api/*.test.mjs
test-frontend: tools frontend
	@$(IN_FRONTEND) NO_COLOR=1 node --run test
test-browser: tools build frontend
	@$(NODE) --test --test-reporter=spec tests/browser/*.test.mjs
.PHONY: check-firefox
check-firefox: tools build frontend ## the browser tests in Debian's Firefox (not in make check)
	@bin/install-packages firefox
	@BROWSER=firefox $(NODE) --test --test-reporter=spec tests/browser/browser.test.mjs
test-consistency: tools
	@status=0; $(NODE) tests/consistency.mjs || status=1; \
		$(NODE) --test --test-reporter=spec tests/*.test.mjs || status=1; exit $$status

.PHONY: layers architecture
layers: tools ## the layers of the C code, what includes what, upward includes and cycles
	@$(NODE) tests/consistency/layers.mjs
architecture: tools ## write the list of files into docs/architecture.md, from the heads of the files
	@$(NODE) tests/consistency/architecture.mjs

.PHONY: screenshots journey measure-pages
screenshots: tools build frontend ## every page and script, phone and wide, light and dark, into build/screenshots
	@$(NODE) tests/browser/screenshots.mjs build/screenshots
journey: tools build frontend ## a new person's way to the first answered message, as pictures with times, into build/journey
	@$(NODE) tests/browser/journey.mjs build/journey
measure-pages: tools build frontend ## what the pages cost: loading on a phone, long lists, how soon things are seen
	@$(NODE) tests/browser/measure.mjs
	@$(NODE) tests/bench/page.mjs

.PHONY: bench bench-quick bench-streams bench-units profile bench-data
bench: tools build build/bench/trivial ## what a request and a stream cost; rewrites docs/performance.md and its plot
	@$(NODE) tests/bench/bench.mjs
	@$(NODE) deploy/costs/estimate.mjs
	@$(NODE) tests/bench/streams.mjs
bench-quick: tools build build/bench/trivial ## what a request costs, in less than two minutes
	@$(NODE) tests/bench/bench.mjs quick
bench-streams: tools build frontend ## 10,000 streams: delays, memory, kills; a small run: make bench-streams STREAMS=500
	@$(NODE) tests/bench/streams.mjs
	@$(NODE) tests/bench/screen.mjs
bench-units: tools build ## the units of DynamoDB that each operation consumes; rewrites their table
	@$(NODE) tests/bench/units.mjs
	@$(NODE) deploy/costs/estimate.mjs
profile: tools build ## instructions by function: make profile ROUTE=messages N=200
	@$(NODE) tests/bench/profile.mjs '$(ROUTE)' $(N)
bench-data: ## measure the queries of cruds on a million of them: make bench-data CRUDS=1000000
	@tests/bench/bench-data $(CRUDS)

# The long form of tests/faults: 20,000 messages during faults, long histories and invariants, 100,000
# requests to find leaks, and a failure of every single memory allocation.
.PHONY: test-faults soak
soak: tools build $(FAULT_LIBS) ## fault tests in their long form: make soak LEDGER_MESSAGES=20000 SEED=1
	@SOAK=1 AREAS=ledger,crud-ledger,live-ledger,history,invariants,relations,leaks,memory,dynamodb $(NODE) --test --test-reporter=spec tests/faults/*.test.mjs
test-faults: tools build $(FAULT_LIBS)
	@$(NODE) --test --test-reporter=spec tests/faults/*.test.mjs

# Faults that are put into the code one by one; each must be found by a test.
MUTANTS ?= 300
SEED    ?=
.PHONY: mutation
mutation: tools build units ## the share of small faults in the code that tests find: make mutation MUTANTS=300 SEED=1
	@$(NODE) tests/mutation/run.mjs --mutants $(MUTANTS) $(if $(SEED),--seed $(SEED))

# The time for each target of tests/fuzz. Inputs that reach new code are added to tests/fuzz/corpus.
SECONDS ?= 60
.PHONY: fuzz fuzz-replay
fuzz: tools fuzzers ## look for inputs that fail: make fuzz SECONDS=60 (for each target)
	@tests/fuzz/run $(SECONDS) $(FUZZERS)
fuzz-replay: tools fuzzers
	@tests/fuzz/run replay $(FUZZERS)

# These start from an empty machine, take minutes, and are not part of `make check`.
# WHAT: the targets to run in the fresh Debian, between up and down.
.PHONY: check-containers check-fresh check-arm64
check-containers: tools ## build the images, start docker/compose.yaml with podman, use it (as root)
	@bin/install-packages containers
	@$(NODE) --test --test-reporter=spec tests/containers/*.test.mjs
check-fresh: ## run targets on a fresh Debian 12 with only this checkout: make check-fresh WHAT="test soak"
	@bin/install-packages containers
	@tests/containers/fresh $(WHAT)
check-arm64: tools ## build for arm64, and run the unit tests in emulation (as root; not in make check)
	@bin/install-packages arm64
	@tests/arm64/run $(LIBRARIES)

.PHONY: check check-all check-format check-tidy check-cppcheck check-scripts check-builds \
        check-asan check-asan-faults check-dynamodb-local check-valgrind check-vectors check-oracle check-instructions \
        check-model check-alerts check-deploy
check: ## test, faults, static checks, sanitizers, valgrind, fuzz corpora
	+@$(many) check-all
CHECKS := $(firstword $(TESTS)) check-asan test-faults check-dynamodb-local $(wordlist 2,9,$(TESTS)) check-asan-faults check-valgrind check-tidy check-builds \
	  check-instructions check-deploy check-model fuzz-replay check-oracle check-cppcheck check-scripts check-format check-alerts
check-all: $(CHECKS:%=timed-%)
check-format: tools
	@clang-format --dry-run -Werror $(FORMATTED)
check-scripts: tools
	@shellcheck -x bin/backups.sh bin/configuration.sh bin/environment.sh bin/operator.sh bin/home.sh \
		$(shell grep -lE '^#!/bin/(ba)?sh' bin/* bin/*/* docker/* systemd/* tests/* tests/*/* tests/*/*/* .ci/* 2>/dev/null)
check-alerts: tools
	@promtool check rules docs/metrics/alerts.yaml
	@promtool check config docker/prometheus.yaml
	@promtool test rules tests/alerts.yaml
check-deploy: tools ## the stacks of deploy/ without an account: synthesis, validation, tests (UPDATE=1: snapshot)
	@bin/install-tools deploy
	@cd deploy && PATH="$(CURDIR)/node_modules/.bin:$$PATH" node_modules/.bin/tsc && UPDATE=$(UPDATE) \
		../$(NODE) --disable-warning=ExperimentalWarning --test --test-reporter=spec test/*.test.ts
# Suppressed: uninitvar reports arrays that a function of another file fills (valgrind, the sanitizers and
# both analyzers check that); internalAstError, because cppcheck fails on valid C99.
check-cppcheck: tools $(GEN_H)
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=uninitvar --suppress=internalAstError \
		-Icommon -I$(BUILD)/gen common fcgi daemons bin/aws bin/pools
check-tidy: tools $(GEN_H)
	@printf '%s\0' $(wildcard common/*/*.c fcgi/*.c daemons/*.c bin/*/*.c) | \
		xargs -0 -n 1 -P $$(nproc) sh -c 'clang-tidy --quiet "$$1" -- $(CPPFLAGS) -std=c17 \
		-DCRUDDUR_VERSION=\"\" 2>/dev/null' tidy
check-builds: tools
	@$(MAKE) --no-print-directory VARIANT=clang build units
	@$(MAKE) --no-print-directory VARIANT=analyzer build
	@$(MAKE) --no-print-directory VARIANT=arm64 objects
check-valgrind: tools
	@$(MAKE) --no-print-directory VARIANT=valgrind units
	@tests/run-units --valgrind $(UNITS:$(BUILD)/%=build/valgrind/%)
	@$(MAKE) --no-print-directory VARIANT=valgrind build/valgrind/bin/live_hub
	@VARIANT=valgrind $(NODE) --test --test-reporter=spec tests/api/areas/hub.mjs
# Without the areas that test SQL, the database's roles, operators' scripts, the pools or a start: they run the
# same C code in the same ways as the others.
ASAN_API := $(filter-out certificates commands engines grammar local locks plans pools roles routes serve,$(basename $(notdir $(wildcard tests/api/areas/*.mjs))))
empty    :=
comma    := ,
check-asan: tools
	@VARIANT=asan $(MAKE) --no-print-directory test-units build
	@VARIANT=asan AREAS=$(subst $(empty) $(empty),$(comma),$(ASAN_API)) \
		$(NODE) --test --test-reporter=spec tests/api/api.test.mjs tests/api/openapi-stack.test.mjs
# Without the areas that test sizes, hardening, or an allocator of their own.
check-asan-faults: tools
	@VARIANT=asan AREAS=streams,dynamodb,database,keys,clocks,processes,ledger,crud-ledger,history,invariants \
		$(MAKE) --no-print-directory test-faults
# `make test` runs on the engine that bin/local chooses. The areas that the engine can change also run on
# the second one.
SECOND_API    := backups,commands,conversations,engines,idempotency,migration,outages,pages,recorded
SECOND_FAULTS := clocks,dynamodb,history,ledger
check-dynamodb-local: tools build $(FAULT_LIBS)
	@status=0; export CRUDDUR_DYNAMODB_ENGINE=dynamodb-local; \
		AREAS=$(SECOND_API) $(NODE) --test --test-reporter=spec tests/api/api.test.mjs || status=1; \
		AREAS=$(SECOND_FAULTS) $(NODE) --test --test-reporter=spec tests/faults/faults.test.mjs || \
		status=1; exit $$status
check-instructions: tools build # UPDATE=1 accepts the measured counts
	@$(NODE) tests/bench/instructions.mjs $(if $(UPDATE),update)
check-vectors: tools vectors ## the published suites: make check-vectors VECTORS=folder
	@test -d "$(VECTORS)" || { echo "make check-vectors VECTORS=folder of the suites"; exit 2; }
	@for program in $(VECTOR_BINS); do $$program "$(VECTORS)" || exit 1; done
check-oracle: tools
	@tests/oracle/run
check-model: tools ## the model of how an event reaches a page, in all its states (spin)
	@tests/model/run
