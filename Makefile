# The front door: the verbs and variables that packagers know from PGXS.  CMake does the work.
#
#   PG_CONFIG=...     which PostgreSQL            DESTDIR=...       where install puts its tree
#   BUILD_DIR=build   BUILD_TYPE=RelWithDebInfo   CMAKE_FLAGS=...   handed to cmake as it is
#   PROVE_TESTS=...   only these files (check-pgtap, check-tap, installcheck)

PG_CONFIG ?= $(or $(shell command -v pg_config),/usr/lib/postgresql/15/bin/pg_config)
BUILD_DIR ?= build
BUILD_TYPE ?= RelWithDebInfo
CMAKE_FLAGS ?=
export PG_CONFIG BUILD_DIR BUILD_TYPE CMAKE_FLAGS

ccache = $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
support = tests/support
SHELL = /bin/bash

.PHONY: all configure install uninstall installcheck check check-static check-unit check-fuzz \
        check-bridge check-pgtap check-tap check-oracle check-docs check-long demo demo-stop bench bench-micro fuzz crash format format-check \
        lint clean distclean

all: configure
	cmake --build "$(BUILD_DIR)"

# A packager has no test libraries: what is not asked for in CMAKE_FLAGS keeps its last value.
configure:
	cmake -S . -B "$(BUILD_DIR)" -G Ninja -DCMAKE_BUILD_TYPE=$(BUILD_TYPE) \
	  -DPG_CONFIG="$(PG_CONFIG)" $(ccache) $(if $(wildcard $(BUILD_DIR)/CMakeCache.txt),,-DEXPORT_TESTS=OFF) \
	  -DEXPORT_FAULTS=OFF $(CMAKE_FLAGS)

install: all
	DESTDIR="$(DESTDIR)" cmake --install "$(BUILD_DIR)"

uninstall:
	sed 's|^|$(DESTDIR)|' "$(BUILD_DIR)/install_manifest.txt" | tr '\n' '\0' | xargs -0 rm -fv

# Against the running server that PGHOST, PGPORT and PGUSER name; a superuser is needed.
installcheck:
	$(support)/stage_pgtap.sh --existing

check:
	$(support)/check.sh

check-unit:
	$(support)/check.sh unit sanitize

check-static:
	$(support)/check.sh static tidy

check-fuzz check-bridge check-pgtap check-tap check-oracle check-docs:
	$(support)/check.sh $(@:check-%=%)

check-long:
	CHECK_LONG=1 CHECK_SEED=$${CHECK_SEED:-$$(date +%s)} $(support)/check.sh --report docs/quality.md

demo:
	demo/run.sh

demo-stop:
	demo/stop.sh

bench: install
	/usr/bin/python3 bench/run.py
	/usr/bin/python3 bench/documents.py

# The writers alone: no server, and nothing but their targets is built.
bench-micro:
	cmake -S . -B "$(BUILD_DIR)-bench" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo $(ccache) \
	  -DEXPORT_SERVER=OFF -DEXPORT_TESTS=OFF -DEXPORT_BENCH=ON
	cmake --build "$(BUILD_DIR)-bench" --target writer_bench
	"$(BUILD_DIR)-bench/bench/micro/writer_bench"

# Random kills while jobs run, as many as N says; the seed is printed.
crash:
	CRASH_CYCLES=$(or $(N),200) CHECK_SEED=$${CHECK_SEED:-$$(date +%s)} \
	  PROVE_TESTS=t/019_crash_loop.pl $(support)/stage_tap.sh

fuzz:
	FUZZ_SECONDS=$${FUZZ_SECONDS:-3600} $(support)/check.sh fuzz

format:
	. $(support)/lib.sh && source_files | xargs -0 clang-format-14 -i

format-check:
	. $(support)/lib.sh && source_files | xargs -0 clang-format-14 --dry-run -Werror

lint:
	$(support)/check.sh static tidy

clean:
	[ ! -d "$(BUILD_DIR)" ] || cmake --build "$(BUILD_DIR)" --target clean

distclean:
	rm -rf "$(BUILD_DIR)" "$(BUILD_DIR)"-asan "$(BUILD_DIR)"-check "$(BUILD_DIR)"-bench
