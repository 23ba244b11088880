# Every target is a plain script in scripts/, so that what runs here runs the same anywhere.
.PHONY: help app demo install install-dev lint check test test-slow test-lowest docs lock bench qualification release

help:
	@echo 'make demo       set up, run the bundled plan, write report.html'
	@echo 'make app        set up, serve the web app at http://127.0.0.1:8610'
	@echo 'make test       set up, lint, type check, layer check, every test but the slow ones'
	@echo 'make test-slow  the statistical tests, some minutes each'
	@echo 'make test-lowest  commands and pages with the oldest packages that are allowed'
	@echo 'make lint       ruff and the formatter; make check: pyright and import-linter'
	@echo 'make docs       remake the generated pages in docs/, run examples/, make the site in build/site'
	@echo 'make lock       remake requirements-dev.lock'
	@echo 'make release    wheel, source archive, checksums and bill of materials into dist/'
	@echo 'make qualification  the model against published trials, as qualification.html'
	@echo 'make bench      the speed comparison in benchmarks/'

demo:
	@scripts/demo
app:
	@scripts/app
install:
	@scripts/install run
install-dev:
	@scripts/install dev
lint:
	@scripts/lint
check:
	@scripts/check
test:
	@scripts/test
test-slow:
	@scripts/test-slow
test-lowest:
	@scripts/test-lowest
docs:
	@scripts/docs
lock:
	@scripts/lock
qualification:
	@scripts/qualification
release:
	@scripts/release
bench:
	@scripts/bench
