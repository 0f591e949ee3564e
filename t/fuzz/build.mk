# SPDX-License-Identifier: Apache-2.0
# Fuzz targets: t/fuzz/fuzz_NAME.c with the corpus t/fuzz/corpus/NAME. `make fuzz` hunts with clang's
# libFuzzer, FUZZ_SECONDS each; `make test` replays the corpus, whose inputs once broke something or teach the shapes.
FUZZ_SRCS    := $(sort $(wildcard t/fuzz/fuzz_*.c))
FUZZ_NAMES   := $(patsubst t/fuzz/fuzz_%.c,%,$(FUZZ_SRCS))
FUZZ_REPLAYS := $(FUZZ_NAMES:%=$(BUILD)/fuzz/replay_%)
FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang
FUZZ_DIR     := build/fuzz-hunt

$(BUILD)/fuzz/replay_%: t/fuzz/fuzz_%.c t/fuzz/replay.c $(BUILD)/libexcal.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) -I. -Isrc -It/fuzz $(APXS_CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< t/fuzz/replay.c $(BUILD)/libexcal.a $(PKG_LIBS) $(APR_LIBS)

.PHONY: fuzz fuzz-programs fuzz-hunters
fuzz-programs: $(FUZZ_REPLAYS)

# -detect_leaks=0: what APR keeps in mappings of its own looks lost to the leak checker; the replays look for leaks at their end
# a recursive make with clang and its own build folder, so that the library is instrumented too
fuzz: deps
	$(MAKE) BUILD=$(FUZZ_DIR) CC=$(FUZZ_CC) OPT="-O1 -g -fsanitize=fuzzer-no-link,address" fuzz-hunters
	@set -e; for n in $(FUZZ_NAMES); do echo "== $$n"; mkdir -p $(FUZZ_DIR)/found/$$n; \
	    $(FUZZ_DIR)/fuzz/hunt_$$n -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -detect_leaks=0 \
	        -artifact_prefix=$(FUZZ_DIR)/$$n- $(FUZZ_DIR)/found/$$n t/fuzz/corpus/$$n 2>&1 | tail -20; done

$(BUILD)/fuzz/hunt_%: t/fuzz/fuzz_%.c $(BUILD)/libexcal.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) -I. -Isrc -It/fuzz $(APXS_CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -fsanitize=fuzzer,address -o $@ $< $(BUILD)/libexcal.a $(PKG_LIBS) $(APR_LIBS)
fuzz-hunters: $(FUZZ_NAMES:%=$(BUILD)/fuzz/hunt_%)

-include $(FUZZ_REPLAYS:=.d)
