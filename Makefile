# Every target installs what it needs first; a second run finds it done.
PYTHON ?= python3
BIN := .venv/bin
ESLINT := tests/conformance/node_modules/.bin/eslint

.PHONY: install run test check bench bench-properties fuzz sdk graphiql format clean

install: .venv/installed web/graphiql/dist/installed tests/conformance/node_modules/installed \
    clients/typescript/node_modules/installed

.venv/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# GraphiQL is built from npm where Node is there; without it, /graphiql is a plain page that asks and subscribes.
web/graphiql/dist/installed: $(wildcard web/graphiql/*.json web/graphiql/*.js web/graphiql/index.html web/graphiql/src/* web/assets/session.js web/assets/http.js web/assets/explorer.css schema/documents/*)
	@if command -v npm >/dev/null; then \
	    cd web/graphiql && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build && touch dist/installed; \
	else echo "Node.js is not here, so a plain page stands in for GraphiQL."; fi

# Other people's clients and audits, which the tests run against the server, and graphql-eslint, which reads the schema.
tests/conformance/node_modules/installed: tests/conformance/package-lock.json
	@if command -v npm >/dev/null; then \
	    cd tests/conformance && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/installed; \
	else echo "Node.js is not here, so the conformance tests are skipped."; fi

# The TypeScript SDK with its examples, which the tests check and run.
clients/typescript/node_modules/installed: clients/typescript/package-lock.json
	@if command -v npm >/dev/null; then \
	    cd clients/typescript && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/installed; \
	else echo "Node.js is not here, so the tests of the TypeScript SDK are skipped."; fi

run: .venv/installed web/graphiql/dist/installed
	$(BIN)/matchpoint up

test: install
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/matchpoint schema --check
	$(BIN)/matchpoint documents diff
	@if test -x $(ESLINT); then $(ESLINT) --config tests/conformance/eslint.config.js schema; \
	else echo "Node.js is not here, so graphql-eslint is left out."; fi
	$(BIN)/python -m pytest -n 0 tests/architecture

bench: install bench/peers/node_modules/installed
	$(BIN)/python -m bench

# What always holds of events (the table is in tests/domain/tournaments/properties/test_table.py), with 20,000 examples
# of each instead of 300, and 2,000 Swiss events of up to 64. It runs overnight on two cores: what is on plain values takes
# the better part of an hour, and the 20,000 events that are played by commands half a second to a second each.
bench-properties: install
	HYPOTHESIS_PROFILE=properties $(BIN)/python -m pytest tests/domain -k properties

# GraphQL servers of others, which the benchmarks compare ours with.
bench/peers/node_modules/installed: bench/peers/package-lock.json
	@if command -v npm >/dev/null; then \
	    cd bench/peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/installed; \
	else echo "Node.js is not here, so the comparisons with its servers are left out."; fi

# Ten thousand mutated requests, seven thousand documents through both engines, two thousand Swiss events, and two hundred
# corrections in an event of 64, instead of fewer.
fuzz: install
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 0 tests/schema/server/test_hostile.py -k mutation
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 0 tests/schema/server/plan
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 0 tests/domain/tournaments/rules/swiss/test_events.py
	CORRECTIONS=full $(BIN)/python -m pytest -n 0 tests/domain/tournaments/test_corrections_undone.py

# The generated code of the TypeScript SDK, after a change of the schema or of a document.
sdk: clients/typescript/node_modules/installed
	cd clients/typescript && npm run --silent generate

graphiql:
	rm -f web/graphiql/dist/installed
	$(MAKE) web/graphiql/dist/installed

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .matchpoint web/graphiql/dist web/graphiql/node_modules tests/conformance/node_modules bench/peers/node_modules clients/typescript/dist clients/typescript/node_modules *.egg-info .hypothesis .*_cache
