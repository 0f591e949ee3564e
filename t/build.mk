# SPDX-License-Identifier: Apache-2.0
# Tests, lint, demo, dependencies.
include t/unit/build.mk
-include t/bench/build.mk
-include t/fuzz/build.mk

JOBS ?= -j$(shell nproc)

.PHONY: deps check programs test lint tidy asan-check demo

# Installs what is missing and nothing else; on systems without apt-get it lists what to install.
deps:
	@conf/deps

# A recursive make: what `deps` has just installed (apxs, pkg-config) is asked again.
check: deps
	$(MAKE) lint
	$(MAKE) $(JOBS) programs
	$(MAKE) test

# everything that a test runs
programs: all lab unit-programs lab-unit fuzz-programs

# EXAMPLES=5000 SEED=random: a longer hunt of the property-based tests (t/http/lib/hunt.py)
test: export EXCAL_EXAMPLES := $(EXAMPLES)
test: export EXCAL_SEED := $(SEED)
test: programs
	t/run --build $(BUILD) $(if $(ONLY),--only $(ONLY))

lint:
	t/lint/layers
	t/lint/source
	t/lint/directives
	t/lint/run

# clang-tidy over everything that is compiled into the two modules (.clang-tidy says what it looks for).
TIDY = xargs -P $(shell nproc) -n 8 sh -c 'clang-tidy -quiet "$$@" -- -std=gnu11 -I. $(1) $(APXS_CPPFLAGS) $(PKG_CFLAGS) 2>/dev/null' tidy
tidy: deps
	@printf '%s\n' $(MOD_SRCS) $(LIB_SRCS) | $(call TIDY,-Isrc)
	@printf '%s\n' $(LAB_PURE_SRCS) $(LAB_MOD_SRCS) | $(call TIDY,-It/exchange)
	@echo "tidy: clean"

# The unit and HTTP suites once more with AddressSanitizer and UndefinedBehaviorSanitizer.
asan-check: deps
	$(MAKE) $(JOBS) SANITIZE=1 BUILD=build/asan build/asan/mod_excal.so lab unit-programs lab-unit fuzz-programs
	EXCAL_SANITIZED=1 ASAN_OPTIONS=detect_leaks=0 t/run --build build/asan --only unit,fuzz,lab-unit,http

DEMO_PORT          ?= 8080
DEMO_EXCHANGE_PORT ?= 8081
DEMO_BACKEND       ?= ews
DEMO_DIR           ?= build/demo
DEMO_MPM           ?= event
demo: deps
	$(MAKE) $(JOBS) all lab
	@exec t/demo --port $(DEMO_PORT) --exchange-port $(DEMO_EXCHANGE_PORT) --backend $(DEMO_BACKEND) --dir $(DEMO_DIR) --mpm $(DEMO_MPM)
