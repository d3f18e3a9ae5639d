# Verbs for people. CMake does the building (CMakeLists.txt, CMakePresets.json); what is missing
# of Debian's packages is installed first (tools/install-packages).
#
#   make run ARGS="--mech=workqueue 1 3"    the options of asynclat
#   make vm KERNEL=6.12 CMD='asynclat -d 3s'    a shell command in a guest, byte for byte
SHELL := /bin/bash
.DEFAULT_GOAL := help
ARGS ?= --mech=workqueue 1 3

# Debian's own, where its pytest is: another python3 may come first on the PATH.
python := /usr/bin/python3
cxx_files = $(shell git ls-files -- 'src/*.cpp' 'src/*.h' 'tests/*.cpp' 'tests/*.h')

.PHONY: help configured build run test vm lint format bench asan clean

help: ## print this
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

configured:
	tools/install-packages build test
	cmake --preset dev --log-level=WARNING >/dev/null

build: configured ## build build/asynclat
	cmake --build --preset dev --target asynclat asynclat-load

run: ## trace a load of its own for three seconds; ARGS="..." passes options
	@$(MAKE) -s build >&2
	@as_root=; \
	if [ "$$(id -u)" != 0 ]; then \
		as_root=$$(command -v sudo) || { \
			echo "asynclat loads BPF programs and needs root for it: there is no sudo here," >&2; \
			echo "so run 'make run' as root" >&2; \
			exit 1; }; \
	fi; \
	build/asynclat-load aio 1000000000000 >/dev/null & load=$$!; \
	trap 'kill $$load; wait $$load' EXIT; \
	$$as_root build/asynclat $(ARGS)

test: configured ## build, run every test, here and in guests
	tools/install-packages vm
	cmake --build --preset dev
	@set -o pipefail; failed=0; \
	ctest --test-dir build --output-on-failure --no-tests=error -j $$(nproc) | tee build/ctest.log || failed=1; \
	$(python) -m pytest -rs tests/unit tests/live tests/vm | tee build/pytest.log || failed=1; \
	echo; \
	grep 'tests passed' build/ctest.log; \
	tail -n 1 build/pytest.log; \
	exit $$failed

# Not expanded by make, nor in a recipe: the shell in the guest is the first that reads CMD.
vm: export VM_CMD := $(value CMD)
unexport CMD
vm: ## run CMD by the shell of a guest; KERNEL=6.12 and the like says which
	@$(MAKE) -s build >&2
	@tools/install-packages vm
	@tests/vm/boot '$(KERNEL)'

lint: configured ## check the format, run clang-tidy
	tools/install-packages lint
	cmake --build --preset dev
	clang-format --dry-run -Werror $(cxx_files)
	run-clang-tidy -quiet -p build '/(src|tests)/'

format: ## format the C++ code in place
	tools/install-packages lint
	clang-format -i $(cxx_files)

bench: configured ## measure what user space does at each interval, and what each detail costs
	cmake --build --preset dev --target bench
	build/bench
	$(python) tests/bench/details.py

asan: ## run the unit tests with address and undefined-behaviour sanitizers
	tools/install-packages build test
	cmake --preset asan --log-level=WARNING >/dev/null
	cmake --build --preset asan --target unit_tests
	ctest --test-dir build/asan --output-on-failure --no-tests=error -j $$(nproc)

clean: ## remove build/
	rm -rf build
