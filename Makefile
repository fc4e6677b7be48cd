# The verbs of the project. Each sets up what it needs in .venv and can be called again at any time.
# Kata kerja proyek ini: ketik `make` untuk melihat daftarnya.
.DEFAULT_GOAL := help
.PHONY: help demo test check soak faults bench vectors docs lock clean environment test-environment

BIN := .venv/bin
SEED ?= 20240214

help: ## this list / daftar ini
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1 @\2/p' $(MAKEFILE_LIST) | while IFS=@ read -r verb words; do printf '%-16s %s\n' "$$verb" "$$words"; done

demo: environment ## the whole journey of 265 boxes / seluruh perjalanan 265 kotak suara
	@$(BIN)/custody demo --folder demo

# The tests run also when a check has failed: whoever mends one thing wants to see the other.
test: test-environment ## linters, types, contracts, tests / pemeriksaan dan uji
	@status=0; $(MAKE) --no-print-directory check || status=$$?; $(BIN)/pytest -n auto --quiet || status=$$?; exit $$status

check: test-environment ## linters, types and import contracts only / pemeriksaan tanpa uji
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

soak: test-environment ## the full figures, slowly; leaves a record in docs/evidence / uji penuh, lama
	$(BIN)/pytest -m soak -n auto --hypothesis-profile=soak --hypothesis-seed=$(SEED) --seed=$(SEED) --evidence=docs/evidence

faults: test-environment ## servers, disks and lines broken on purpose; a record in docs/evidence / server, disk dan jaringan dirusak dengan sengaja
	$(BIN)/pytest tests/faults tests/store/test_faults.py -m "not soak" --seed=$(SEED) --evidence=docs/evidence --record=faults

bench: test-environment ## the numbers, as ratios in one run / angka kinerja sebagai perbandingan
	$(BIN)/python -m tests.bench

vectors: test-environment ## write fixtures/vectors again from fixed seeds / menulis ulang vektor uji
	$(BIN)/python fixtures/make_vectors.py

docs: test-environment ## write generated pages and catalogues again / menulis ulang halaman dan katalog
	$(BIN)/python fixtures/make_mo.py
	$(BIN)/python fixtures/make_cli_docs.py
	$(BIN)/python fixtures/make_spec_tables.py
	$(BIN)/python fixtures/make_openapi.py
	$(BIN)/python fixtures/make_cheats.py
	$(BIN)/python fixtures/make_guard_page.py
	$(BIN)/python fixtures/make_gallery.py

lock: test-environment ## choose package versions again and pin them with hashes / menyematkan ulang versi pustaka
	sh .ci/lock.sh

clean: ## remove what the tools made; never a ledger / menghapus hasil alat, tidak pernah buku besar
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find custody cli tests fixtures -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

environment:
	@sh .ci/environment.sh run

test-environment:
	@sh .ci/environment.sh test
