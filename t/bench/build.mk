# SPDX-License-Identifier: Apache-2.0
# What it costs: the gateway and DavMail on the same simulator, in one run.
.PHONY: bench
bench: deps
	$(MAKE) all lab
	t/bench/bench --out $(BUILD)/bench/results.json $(BENCH_FLAGS)
