# GNU make 4. `make` alone lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

ARGS ?=
CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
SHOTLIST := $(TARGET_DIR)/release/shotlist

# What is fuzzed, for how long each, and where what is found stays.
FUZZ ?= record storyboard answers
FUZZ_SECONDS ?= 600
FUZZ_DIR := $(abspath $(TARGET_DIR))/fuzz
# libFuzzer's counters, which every compiler can set; a sanitizer would want a nightly one, and there is no unsafe code here.
FUZZ_FLAGS := --cfg fuzzing -Cpasses=sancov-module $(addprefix -Cllvm-args=-sanitizer-coverage-,\
	level=4 inline-8bit-counters pc-table trace-compares)

.PHONY: render plan check test test-clients test-schema test-videos test-page test-edit soak lint bench fuzz build tools help

render: build ## Render what changed: with FAL_KEY for real (asks before it spends), without one on the simulator (free)
	@if [[ -n "$${FAL_KEY:-}" || ( -n "$${FAL_KEY_ID:-}" && -n "$${FAL_KEY_SECRET:-}" ) ]]; then \
		exec $(SHOTLIST) render $(ARGS); \
	else \
		echo "make: no FAL_KEY is set, so this renders on the built-in simulator: nothing is bought, the clips are animatics." >&2; \
		exec $(SHOTLIST) render $(if $(filter --sim,$(ARGS)),,--sim) $(ARGS); \
	fi

plan: build ## Show what a render would buy, why, and for how much; needs no key and buys nothing
	@exec $(SHOTLIST) plan $(ARGS)

check: build ## Find every problem of every storyboard; needs no key and no network
	@exec $(SHOTLIST) check $(ARGS)

test: tools ## Run the tests
	$(CARGO) test --locked --features crash-points $(ARGS)

# Skipped, loudly, where Node, Chromium or ffmpeg is missing and cannot be installed.
test-videos: build ## Play every storyboard's animatics in headless Chromium, and decode them with ffmpeg
	@tests/browser/run $(SHOTLIST)

test-page: build ## Use the contact sheet in headless Chromium, with real clicks and keys
	@tests/page/run $(SHOTLIST) $(TARGET_DIR)/page

test-clients: build ## Run fal's own clients for Python and JavaScript against the simulator
	@tests/clients/run $(SHOTLIST) $(TARGET_DIR)/clients

# Skipped, loudly, as far as Python or ffmpeg is missing and cannot be installed.
test-edit: build ## Read exports with OpenTimelineIO and readers of subtitles, and play the films and stills that cut makes
	@tests/edit/run $(SHOTLIST) $(TARGET_DIR)/edit

test-schema: build ## Hold the storyboards, right and wrong, against the schema in an independent validator
	@tests/schema/run $(SHOTLIST) $(TARGET_DIR)/schema

# SOAK_SEED=7 asks for that seed alone.
soak: tools ## Buy 6,000 simulated clips among faults and kills, and kill runs at every two points; well over half an hour on two cores
	$(CARGO) test --locked --features crash-points --test soak -- --ignored --nocapture --test-threads 1 $(ARGS)
	$(CARGO) test --locked --features crash-points --test e2e -- --ignored crash:: storage:: $(ARGS)

lint: tools ## Check formatting, clippy and the documentation, warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --locked

bench: tools ## Run the benchmarks
	$(CARGO) bench --locked $(ARGS)

# Not --locked: what the project has come to need since is added to the lock of the fuzz targets.
fuzz: tools ## Fuzz the record, the storyboards and fal's answers, FUZZ_SECONDS=600 each; FUZZ=record for one of them
	@host=$$(rustc -vV | sed -n 's/^host: //p'); \
	case $$host in *linux*|*darwin*) ;; *) echo "make: libFuzzer is for Linux and macOS, and this is $$host" >&2; exit 1;; esac; \
	RUSTFLAGS="$(FUZZ_FLAGS)" $(CARGO) build --release --target $$host \
		--manifest-path tests/fuzz/Cargo.toml --target-dir $(FUZZ_DIR) $(addprefix --bin ,$(FUZZ)); \
	for name in $(FUZZ); do \
		mkdir -p $(FUZZ_DIR)/corpus/$$name $(FUZZ_DIR)/found; \
		seeds=tests/fuzz/seeds/$$name; [[ $$name != storyboard ]] || seeds="storyboards tests/wrong"; \
		$(FUZZ_DIR)/$$host/release/$$name $(FUZZ_DIR)/corpus/$$name $$seeds \
			-dict=tests/fuzz/$$name.dict -artifact_prefix=$(FUZZ_DIR)/found/$$name- \
			-max_len=4096 -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 $(ARGS); \
	done

build: tools
	@$(CARGO) build --release --locked

# Both compilers are for the simulator's video encoder and the TLS library, which are built from source.
tools:
	@command -v $(firstword $(CARGO)) >/dev/null || { echo "make: cargo is missing: install Rust 1.95 or newer from https://rustup.rs" >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || { echo "make: a C compiler is missing: install gcc or clang (Debian: apt install build-essential, macOS: xcode-select --install)" >&2; exit 1; }
	@command -v $${CXX:-c++} >/dev/null || { echo "make: a C++ compiler is missing: install g++ or clang++ (Debian: apt install build-essential, macOS: xcode-select --install)" >&2; exit 1; }

help: ## List these targets
	@echo "usage: make TARGET [ARGS='...']     such as: make plan ARGS='storyboards/neon-harbor.yaml'"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
