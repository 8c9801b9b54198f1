# make play    fetches what lacks and plays; options: make play ARGS="--display window --seed 7"
# make test    checks everything that can be checked without a player
# make soak    plays for ten minutes on its own and reports the frames
# make lock    renews the locked versions (needs uv)
# make clean   removes what the others have made; models stay

PYTHON ?= python3
UV ?= uv
ARGS ?=
SOAK_SECONDS ?= 600
export PYTHONUTF8 = 1

BIN = .venv/bin
LOCK = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL $(UV) pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --only-binary :all: --no-header --no-annotate \
	--default-index https://pypi.org/simple $(LOCKARGS) pyproject.toml

.PHONY: play test soak ready ready-dev lock clean

play: ready
	@$(BIN)/hollow play $(ARGS)

ready:
	@$(PYTHON) setup/bootstrap.py

ready-dev:
	@$(PYTHON) setup/bootstrap.py --dev

lock:
	$(LOCK) --group build -o requirements/hollow.lock
	$(LOCK) --group build --group dev -c requirements/hollow.lock -o requirements/dev.lock
