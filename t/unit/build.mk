# SPDX-License-Identifier: Apache-2.0
# One program per test file (t/unit/test_*.c), written with check, linked with the library of src/.
UNIT_SRCS := $(sort $(wildcard t/unit/test_*.c))
UNIT_BINS := $(patsubst t/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRCS))
# programs that tests drive
UNIT_TOOLS := $(BUILD)/unit/ews_probe

$(BUILD)/unit/%: t/unit/%.c $(BUILD)/libexcal.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) -I. -Isrc -It/unit $(APXS_CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libexcal.a $(PKG_LIBS) $(APR_LIBS) $(shell pkg-config --libs check)

.PHONY: unit unit-programs
unit-programs: $(UNIT_BINS) $(UNIT_TOOLS)
unit: $(UNIT_BINS)
	@set -e; for t in $(UNIT_BINS); do echo "== $$t"; CK_FORK=no $$t; done

-include $(UNIT_BINS:%=%.d) $(UNIT_TOOLS:%=%.d)
