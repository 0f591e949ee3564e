# SPDX-License-Identifier: Apache-2.0
# The Exchange simulator: a program of its own that shares no code with the gateway.

# --- the pure modules: zones, recurrence, grammar, seed, directory; no httpd, no SQLite ---------
LAB_PURE_SRCS := $(sort $(wildcard t/exchange/zones/*.c t/exchange/recur/*.c t/exchange/grammar/*.c \
                 t/exchange/seed/*.c t/exchange/directory/*.c))
LAB_PURE_OBJS := $(patsubst t/exchange/%.c,$(BUILD)/exchange/obj/%.o,$(LAB_PURE_SRCS))
LAB_PURE_LIBS  = $(eval LAB_PURE_LIBS := $$(shell pkg-config --libs libxml-2.0) $$(APR_LIBS))$(LAB_PURE_LIBS)
LAB_CPPFLAGS   = $(eval LAB_CPPFLAGS := -It/exchange $$(APXS_CPPFLAGS) $$(shell pkg-config --cflags libxml-2.0 openssl jansson sqlite3))$(LAB_CPPFLAGS)

# every object of the simulator
$(BUILD)/exchange/obj/%.o: t/exchange/%.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(CPPFLAGS) $(LAB_CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/exchange/libpure.a: $(LAB_PURE_OBJS)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $^

# --- unit tests of the simulator: one program per file, written with check -----------------------
LAB_UNIT_SRCS := $(sort $(wildcard t/exchange/tests/unit/test_*.c))
LAB_UNIT_BINS := $(patsubst t/exchange/tests/unit/%.c,$(BUILD)/exchange/unit/%,$(LAB_UNIT_SRCS))

$(BUILD)/exchange/unit/%: t/exchange/tests/unit/%.c $(BUILD)/exchange/libpure.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) $(LAB_CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/exchange/libpure.a \
	    $(LAB_PURE_LIBS) $(shell pkg-config --libs check)

# what the tests written in Python run: programs of the same library
LAB_TOOL_BINS := $(patsubst t/exchange/tests/tools/%.c,$(BUILD)/exchange/tools/%,\
                 $(sort $(wildcard t/exchange/tests/tools/*.c)))

$(BUILD)/exchange/tools/%: t/exchange/tests/tools/%.c $(BUILD)/exchange/libpure.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) $(LAB_CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/exchange/libpure.a \
	    $(LAB_PURE_LIBS)

.PHONY: lab-unit lab-unit-check lab-tools
lab-tools: $(LAB_TOOL_BINS)
lab-unit: $(LAB_UNIT_BINS) $(LAB_TOOL_BINS)
lab-unit-check: lab-unit
	@set -e; for t in $(LAB_UNIT_BINS); do EXCAL_SHARED="$${EXCAL_SHARED:-$(TOP)/../shared}" $$t; done

-include $(LAB_PURE_OBJS:.o=.d) $(LAB_UNIT_BINS:=.d) $(LAB_TOOL_BINS:=.d)

# --- the module: everything else under t/exchange --------------------------------------------------
LAB_MOD_SRCS := $(filter-out $(LAB_PURE_SRCS) t/exchange/tests/%, \
                $(sort $(wildcard t/exchange/*.c t/exchange/*/*.c)))
LAB_MOD_OBJS := $(patsubst t/exchange/%.c,$(BUILD)/exchange/obj/%.o,$(LAB_MOD_SRCS))
LAB_MOD_LIBS  = $(shell pkg-config --libs libxml-2.0 icu-i18n icu-uc openssl jansson sqlite3) -lm

.PHONY: lab
lab: $(BUILD)/exchange/mod_lab.so

$(BUILD)/exchange/mod_lab.so: $(LAB_MOD_OBJS) $(LAB_PURE_OBJS)
	@echo "  LD $@"
	$(Q)$(CC) -shared $(CFLAGS) $(LDFLAGS) -o $@ $(LAB_MOD_OBJS) $(LAB_PURE_OBJS) $(LAB_MOD_LIBS) \
	    -Wl,-z,lazy -Wl,--unresolved-symbols=ignore-all

-include $(LAB_MOD_OBJS:.o=.d)
