# GNU make 4. `make` alone lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

ARGS ?=
CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
SHOTLIST := $(TARGET_DIR)/release/shotlist

.PHONY: render plan check test lint bench build tools help

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

lint: tools ## Check formatting, clippy and the documentation, warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --locked

bench: tools ## Run the benchmarks
	$(CARGO) bench --locked $(ARGS)

build: tools
	@$(CARGO) build --release --locked

# Both compilers are for the simulator's video encoder and the TLS library, which are built from source.
tools:
	@command -v $(firstword $(CARGO)) >/dev/null || { echo "make: cargo is missing: install Rust 1.95 or newer from https://rustup.rs" >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || { echo "make: a C compiler is missing: install gcc or clang (Debian: apt install build-essential, macOS: xcode-select --install)" >&2; exit 1; }
	@command -v $${CXX:-c++} >/dev/null || { echo "make: a C++ compiler is missing: install g++ or clang++ (Debian: apt install build-essential, macOS: xcode-select --install)" >&2; exit 1; }

help: ## List these targets
	@echo "usage: make TARGET [ARGS='...']     such as: make plan ARGS='storyboards/neon-harbor.yaml'"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
