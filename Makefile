# Two commands: `make run` and `make test`. Everything they need is made on the way, in .venv.

PYTHONS := python3.13 python3.12 python3.11 python3
LANGUAGES := uz ru
ARGS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
UV_VERSION := $(shell sed -n 's/.*"uv==\([0-9.]*\)".*/\1/p' pyproject.toml)
SYNC := UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(VENV) $(BIN)/uv sync --frozen --inexact --python $(BIN)/python --extra embedded

.DEFAULT_GOAL := help
.PHONY: help install run test promises lint types contracts locales eval

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed ## prepare the environment in .venv

run: $(VENV)/.installed ## start the bot; options in ARGS, e.g. ARGS="--roles web"
	@exec $(BIN)/python -m bot $(ARGS)

test: $(VENV)/.developing ## run every check: lint, types, contracts, tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory contracts
	@echo '── pytest'
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

promises: $(VENV)/.developing ## test the promises at full scale: an hour and more
	@PROMISES=full $(BIN)/python -m pytest tests/web tests/db -k "payme or payments" $(ARGS)
	@PROMISES=full $(BIN)/python -m pytest tests/bot/promises/test_payments.py tests/bot/promises/test_payment_notices.py $(ARGS)
	@PROMISES=full $(BIN)/python -m pytest tests/db tests/domain -k "quizzes_races or review_races or clock_jumps or generation_replies" $(ARGS)
	@PROMISES=full $(BIN)/python -m pytest tests/bot/promises -k "quiz or exams or monday" $(ARGS)

lint: $(VENV)/.developing ## check style and format
	@echo '── ruff check'
	@$(BIN)/ruff check
	@echo '── ruff format --check'
	@$(BIN)/ruff format --check

types: $(VENV)/.developing ## check types
	@echo '── basedpyright'
	@$(BIN)/basedpyright

contracts: $(VENV)/.developing ## check which package may import which
	@echo '── lint-imports'
	@$(BIN)/lint-imports

locales: $(VENV)/.developing ## collect the sentences of the code for translators
	$(BIN)/python -m babel.messages.frontend extract --mapping-file=locales/babel.toml --omit-header \
		--add-location=file --sort-by-file --output-file=locales/messages.pot bot
	for language in $(LANGUAGES); do \
		$(BIN)/python -m babel.messages.frontend update --no-fuzzy-matching --ignore-obsolete \
			--ignore-pot-creation-date --init-missing \
			--input-file=locales/messages.pot --output-dir=locales --locale=$$language || exit 1; \
	done

eval: $(VENV)/.developing ## measure what the tutor finds and says; domain/tutor/README.md tells how
	@$(BIN)/python -m tests.eval $(ARGS)

bench-%: $(VENV)/.developing ## measure, e.g. make bench-updates
	@$(BIN)/python -m tests.bench.$(subst -,_,$*) $(ARGS)

$(VENV)/.installed: pyproject.toml uv.lock
	@$(MAKE) --no-print-directory uv
	@$(SYNC) --no-dev
	@touch $@

$(VENV)/.developing: pyproject.toml uv.lock
	@$(MAKE) --no-print-directory uv
	@$(SYNC)
	@touch $(VENV)/.installed $@

.PHONY: uv
uv:
	@if ! $(BIN)/python -c '$(SUITS)' 2>/dev/null; then \
		found=; \
		for python in $(PYTHONS); do \
			if $$python -c '$(SUITS)' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo 'Ustoz needs Python 3.11, 3.12 or 3.13, and none of $(PYTHONS) is one: install it first.' >&2; exit 1; \
		fi; \
		if ! $$found -c 'import ensurepip' 2>/dev/null; then \
			echo "$$found comes without ensurepip: install its venv package first (Debian, Ubuntu: apt install python3-venv)." >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$($$found --version)"; \
		$$found -m venv --clear $(VENV); \
	fi
	@[ "$$($(BIN)/uv --version 2>/dev/null | cut -d ' ' -f 2)" = '$(UV_VERSION)' ] || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
