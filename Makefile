# `make demo` and `make test` are all most people need.
DOUDI := .venv/bin/doudi
PYTEST := .venv/bin/python -m pytest
PROFILE ?= pilot
PORT ?= 8000
SERVE ?= 1
DOUDI_HOME ?= $(CURDIR)/home
export DOUDI_HOME

.PHONY: demo test check bench pins clean

demo: ## the made-up city, from departments' files to an open site
	@bin/setup psi
	@DOUDI_DEMO=1 $(DOUDI) demo --profile $(PROFILE) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

check: ## format, lint, import contracts
	@bin/setup dev
	.venv/bin/ruff format --check -q src tests
	.venv/bin/ruff check -q src tests
	.venv/bin/lint-imports --no-cache

test: check ## everything, on SQLite and on PostgreSQL, pages in a real browser
	$(PYTEST) -n 3 -q --dist loadfile --no-loadscope-reorder # a file's tests share what it sets up; three, for many wait for a browser or a server
	bin/with-postgres $(PYTEST) -n 3 -q --dist loadfile --no-loadscope-reorder --database-only

bench: ## sizes and seconds, as a table
	@bin/setup bench
	.venv/bin/python -m bench

pins: ## pin every dependency again, with hashes
	for file in run spark psi dev bench tools; do uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements/$$file.in -o requirements/$$file.txt; done

clean: ## forget the made-up city and everything kept here
	rm -rf home
