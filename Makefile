# SPDX-License-Identifier: Apache-2.0
# mod_excal: one Makefile; every area adds its rules in a build.mk of its own.
SHELL      := /bin/bash
TOP        := $(CURDIR)
BUILD      ?= build
APXS       ?= $(shell command -v apxs2 || command -v apxs)
PYTHON     ?= /usr/bin/python3
CC         ?= gcc
# V=1 shows the whole commands
Q          := $(if $(V),,@)
export TOP BUILD PYTHON

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
        -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -Wvla -Wundef
# CI=true (any continuous integration) turns warnings into errors
ifneq ($(CI),)
WARN += -Werror
endif
# SANITIZE=1 builds everything for AddressSanitizer and UndefinedBehaviorSanitizer
ifneq ($(SANITIZE),)
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
OPT     ?= -O2 -g
PKGS    := libxml-2.0 libcurl libical icu-i18n icu-uc openssl jansson zlib
CFLAGS  += -std=gnu11 $(OPT) $(WARN) -fvisibility=hidden -fPIC -pthread $(SANFLAGS)

# evaluated when first needed, so that `make deps` works on a machine that has nothing yet
APXS_CPPFLAGS = $(eval APXS_CPPFLAGS := -I$$(shell $(APXS) -q INCLUDEDIR) $$(shell apr-1-config --includes --cppflags) $$(shell apu-1-config --includes))$(APXS_CPPFLAGS)
APR_LIBS = $(eval APR_LIBS := $$(shell apr-1-config --link-ld) $$(shell apu-1-config --link-ld))$(APR_LIBS)
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)) -llmdb -lresolv)$(PKG_LIBS)

.PHONY: all clean
all: mod_excal.so

include src/build.mk
include t/exchange/build.mk
include t/build.mk

clean:
	rm -rf build mod_excal.so
