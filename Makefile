# make play    fetches what lacks and plays; options: make play ARGS="--display window --seed 7"
# make test    checks everything that can be checked without a player
# make headset plays before a real OpenXR runtime with a simulated headset; fetches it (650 MB) the first time
# make soak    plays on its own for ten minutes, lets the Child talk to itself for twenty and the ears listen to
#              an hour of noise, and writes what it measured to out/soak*.json
# make lock    renews the locked versions (needs uv)
# make clean   removes what the others have made; the models stay

PYTHON ?= python3
UV ?= uv
ARGS ?=
SOAK_SECONDS ?= 600
SOAK_MINUTES ?= 20
NOISE_MINUTES ?= 60
HOLLOW_OPENXR ?= $(HOME)/.cache/hollow-openxr

BIN := .venv/bin
READY = command -v $(PYTHON) >/dev/null || { echo "Hollow needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }; \
	$(PYTHON) setup/bootstrap.py
UNATTENDED := --camera off --microphone off --display offscreen
LOCK = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL $(UV) pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --only-binary :all: --no-header --no-annotate \
	--no-config --upgrade pyproject.toml --group build

# torch comes from an index of the player's choice (docs/training.md), with what it needs for its graphics card.
BESIDE_TORCH = $(addprefix --no-emit-package ,torch triton nvidia-cublas nvidia-cuda-cccl nvidia-cuda-cupti \
	nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand \
	nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink \
	nvidia-nvshmem-cu13 nvidia-nvtx cuda-bindings cuda-pathfinder cuda-toolkit)

.PHONY: play test check headset soak lock clean

play:
	@$(READY) -- $(BIN)/hollow play $(ARGS)

test:
	@$(READY) --dev -- $(MAKE) --no-print-directory check

# What `test` runs once all is installed: everything, so that one fault does not hide another.
check:
	@mkdir -p out; failed=; \
	try() { echo "-- $$*"; "$$@" || failed="$$failed $$(basename $$1)"; }; \
	try $(BIN)/ruff check; \
	try $(BIN)/mypy; \
	try $(BIN)/hollow play $(UNATTENDED) --size 640x360 --seconds 3 --report out/check.json; \
	try $(BIN)/pytest $(ARGS); \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

# Plays before a real OpenXR runtime with a simulated headset (docs/headset.md).
headset:
	@$(READY) --dev -- true
	@$(BIN)/python -m pip install --quiet -r requirements/headset.lock
	@HOLLOW_OPENXR=$(HOLLOW_OPENXR) tests/headset/runtime.sh setup
	@HOLLOW_OPENXR=$(HOLLOW_OPENXR) $(BIN)/pytest tests/headset $(ARGS)

soak:
	@mkdir -p out
	@$(READY) -- $(BIN)/hollow play $(UNATTENDED) --clock real --size 1280x720 \
		--seconds $(SOAK_SECONDS) --report out/soak.json $(ARGS)
	$(BIN)/hollow bench echo --minutes $(SOAK_MINUTES) --json > out/soak-echo.json
	$(BIN)/hollow bench noise --minutes $(NOISE_MINUTES) --json > out/soak-noise.json

lock:
	$(LOCK) --output-file requirements/hollow.lock
	$(LOCK) --group dev --constraint requirements/hollow.lock --output-file requirements/dev.lock
	$(LOCK) --extra train --constraint requirements/hollow.lock $(BESIDE_TORCH) \
		--output-file requirements/train.lock
	$(LOCK) --extra headset --constraint requirements/hollow.lock --output-file requirements/headset.lock

clean:
	rm -rf .venv out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find game npc tests setup -name __pycache__ -type d -prune -exec rm -rf {} +
