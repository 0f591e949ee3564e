# SPDX-License-Identifier: Apache-2.0
# The module. Everything below src/ that is free of httpd's headers is also the library that the unit tests link.
MOD_SRCS := mod_excal.c $(sort $(filter-out src/httpd/directives.c src/httpd/values.c,$(wildcard src/httpd/*.c)))
LIB_SRCS := src/httpd/directives.c src/httpd/values.c $(sort $(wildcard src/base/*.c src/net/*.c src/cal/*.c src/cal/*/*.c src/store/*.c src/exchange/*.c src/exchange/*/*.c src/mailbox/*.c src/dav/*.c src/dav/*/*.c))
MOD_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(MOD_SRCS))
LIB_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(LIB_SRCS))

# The objects' folders stand for the checkout's own, whatever BUILD is.
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(CPPFLAGS) -I. -Isrc $(APXS_CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libexcal.a: $(LIB_OBJS)
	$(Q)rm -f $@ && ar rcs $@ $^

# httpd brings its own symbols when it loads the module; t/lint/symbols sees to it that nothing else is missing
# and that only excal_module is visible.
$(BUILD)/mod_excal.so: $(MOD_OBJS) $(BUILD)/libexcal.a t/lint/symbols
	$(CC) -shared $(CFLAGS) $(LDFLAGS) -Wl,--exclude-libs,ALL -o $@.new $(MOD_OBJS) $(BUILD)/libexcal.a $(PKG_LIBS) $(APR_LIBS)
	$(PYTHON) t/lint/symbols $@.new
	mv $@.new $@

mod_excal.so: $(BUILD)/mod_excal.so
	cp $< $@

-include $(MOD_OBJS:.o=.d) $(LIB_OBJS:.o=.d)

# make install: on Debian module, mods-available and snippets, so that `a2enmod excal` works; elsewhere by apxs.
# DESTDIR is honoured.
MODULEDIR = $(shell $(APXS) -q LIBEXECDIR)
SYSCONFDIR = $(shell $(APXS) -q SYSCONFDIR)
MODSDIR = $(SYSCONFDIR)/mods-available
DOCDIR = /usr/share/doc/mod_excal
.PHONY: install
install: mod_excal.so
	install -d $(DESTDIR)$(MODULEDIR) $(DESTDIR)$(DOCDIR)/snippets
	install -m 644 mod_excal.so $(DESTDIR)$(MODULEDIR)/mod_excal.so
	install -m 644 conf/snippets/*.conf $(DESTDIR)$(DOCDIR)/snippets/
	install -m 644 README.md LICENSE $(DESTDIR)$(DOCDIR)/
	@if [ -d htdocs ]; then install -d $(DESTDIR)/usr/share/mod_excal && cp -R htdocs $(DESTDIR)/usr/share/mod_excal/; fi
	@if [ -d $(MODSDIR) ]; then \
	    install -d $(DESTDIR)$(MODSDIR); \
	    sed 's|@MODULEDIR@|$(MODULEDIR)|' conf/excal.load >$(DESTDIR)$(MODSDIR)/excal.load; \
	    [ -e $(DESTDIR)$(MODSDIR)/excal.conf ] || install -m 644 conf/excal.conf $(DESTDIR)$(MODSDIR)/excal.conf; \
	    echo "installed; now: a2enmod excal"; \
	else \
	    install -m 644 conf/excal.conf $(DESTDIR)$(SYSCONFDIR)/excal.conf; \
	    [ -n "$(DESTDIR)" ] || $(APXS) -e -a -n excal mod_excal.so; \
	    echo "installed; include $(SYSCONFDIR)/excal.conf in httpd.conf"; \
	fi
