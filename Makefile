# Everything a person needs; `make help` lists it.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

# --- build ---------------------------------------------------------------------------------------
# BUILD is where a variant is built: `make build` into build/, `make build VARIANT=asan` into
# build/asan with the sanitizers.
VARIANT ?=
BUILD   := build$(if $(VARIANT),/$(VARIANT))
CC      ?= gcc
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

PKGS     := fcgi libpq libcurl json-c libcrypto
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
            -Werror
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection \
            -fPIE
OPT      := -O2 -g $(HARDEN)
LDOPT    := -pie -Wl,-z,relro,-z,now
ifeq ($(VARIANT),asan)
OPT      := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDOPT    := -fsanitize=address,undefined
endif

CPPFLAGS := -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -Icommon -I$(BUILD)/gen \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS   := -std=c17 $(WARNINGS) $(OPT)
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

COMMON_O := $(patsubst common/%.c,$(BUILD)/common/%.o,$(sort $(wildcard common/*.c))) \
            $(BUILD)/gen/queries.o
PROGRAMS := $(patsubst fcgi/%.c,%,$(sort $(wildcard fcgi/*.c)))
BINS     := $(addprefix $(BUILD)/bin/,$(PROGRAMS))
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/*_test.c)))
QUERIES  := $(sort $(shell find sql/queries -name '*.sql'))
GEN_H    := $(BUILD)/gen/queries.h $(BUILD)/gen/limit.h

.PHONY: build units
build: $(BINS) ## compile the FastCGI programs into build/bin
units: $(UNITS)

$(BUILD)/gen/queries.c $(BUILD)/gen/queries.h &: sql/embed.awk $(QUERIES)
	@mkdir -p $(@D)
	awk -v out=$(BUILD)/gen/queries -f sql/embed.awk $(QUERIES)

$(BUILD)/gen/limit.h: common/limits.json
	@mkdir -p $(@D)
	sed -n 's/^ *"\([a-z_]*\)": *\([0-9]*\),\{0,1\}$$/#define LIMIT_\U\1 \2/p' $< >$@

$(BUILD)/gen/queries.o: $(BUILD)/gen/queries.c $(BUILD)/gen/queries.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/common/%.o: common/%.c $(GEN_H)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -DCRUDDUR_VERSION='"$(VERSION)"' -MMD -MP -c $< -o $@

$(BUILD)/fcgi/%.o: fcgi/%.c $(GEN_H)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/tests/%.o: tests/unit/%.c $(GEN_H)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libcommon.a: $(COMMON_O)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/fcgi/%.o $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDOPT) $^ $(LDLIBS) -o $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libcommon.a
	$(CC) $(CFLAGS) $(LDOPT) $^ $(LDLIBS) -lcmocka -o $@

-include $(wildcard $(BUILD)/*/*.d)

.SECONDARY:
