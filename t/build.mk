# SPDX-License-Identifier: Apache-2.0
# Tests, lint, demo, dependencies.
include t/unit/build.mk
-include t/bench/build.mk
-include t/fuzz/build.mk

JOBS ?= -j$(shell nproc)

.PHONY: deps check programs test lint asan-check demo

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

test: programs
	t/run --build $(BUILD) $(if $(ONLY),--only $(ONLY))

lint:
	t/lint/layers
	t/lint/source
	t/lint/directives
	t/lint/run

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
