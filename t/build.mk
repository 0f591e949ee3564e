# SPDX-License-Identifier: Apache-2.0
# Tests, lint, demo, dependencies.
include t/unit/build.mk
