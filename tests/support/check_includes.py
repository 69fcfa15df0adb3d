#!/usr/bin/env python3
"""Reads the includes of every source file and enforces who may include whom.

The build enforces most of this by include paths.  This says it by name, also for headers that
happen to be in a system directory.  See docs/architecture.md, "Two worlds".

    check_includes.py [ROOT]
"""

import pathlib
import re
import sys

# Folder -> the folders of the project whose headers it may include (its own is implied).
MAY_INCLUDE = {
    "core": set(),
    "formats": {"core"},
    "crypto": {"core"},
    "dsl": {"core", "formats"},
    "worker/schedule": {"core"},
    "worker/delivery": {"core"},
    "bridge": {"core", "formats", "crypto", "dsl", "worker/schedule", "worker/delivery"},
    "gateway": {"core", "crypto"},
}
MAY_INCLUDE["server"] = MAY_INCLUDE["bridge"] | {"bridge"}
MAY_INCLUDE["worker/server"] = MAY_INCLUDE["server"] | {"server"}
# A module of the bridge alone, to be tested inside a server.
MAY_INCLUDE["tests/bridge"] = MAY_INCLUDE["bridge"] | {"bridge"}
CPP_ONLY = {"core", "formats", "crypto", "dsl", "worker/schedule", "worker/delivery"}
for _folder in ("tests", "bench"):
    MAY_INCLUDE[_folder] = set(CPP_ONLY)

POSTGRES_WORLD = {"bridge", "server", "worker/server", "tests/bridge"}

# Library header (regular expression) -> path prefixes, below the root, that may include it.
LIBRARIES = {
    r"openssl/": ("extension/crypto/", "gateway/"),
    r"(isa-l|igzip_lib|isa-l/.*|zstd|zstd_errors|zlib)\.h$": ("extension/core/compress/", "tests/"),
    r"libdeflate\.h$": ("extension/core/compress/", "extension/formats/pdf/", "tests/"),
    r"fmt/": ("extension/", "dsl/", "worker/", "gateway/", "tests/", "bench/"),
    r"hpdf": ("extension/formats/pdf/",),
    r"(png|jpeglib)\.h$": ("extension/formats/pdf/", "tests/"),
    r"xlsxwriter": ("extension/formats/xlsx/",),
    r"fribidi": ("extension/formats/pdf/",),
    r"curl/": ("worker/delivery/",),
    r"libpq-fe\.h$": ("gateway/",),
    r"boost/": ("gateway/",),
    r"(gtest|gmock)/": ("tests/",),
    r"nlohmann/": ("extension/formats/", "dsl/", "tests/"),
    r"fuzzer/": ("tests/fuzz/",),
    r"benchmark/": ("bench/",),
}

# Headers of C, POSIX and the compiler that anyone may include; C++'s own have no dot.
SYSTEM = re.compile(
    r"^(assert|ctype|dirent|errno|fcntl|fenv|float|inttypes|limits|locale|malloc|math|poll|pthread"
    r"|sched|setjmp|signal|stdarg|stddef|stdint|stdio|stdlib|string|strings|time|unistd"
    r"|[a-z]*intrin|arm_neon|sanitizer/[a-z_]+|(arpa|net|netinet|sys)/[a-z_]+)\.h$"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)
TRIPWIRE = "core/no_postgres.h"


def folder_of_file(path):
    """The folder, in the sense of MAY_INCLUDE, that a file below the root belongs to."""
    parts = path.parts
    if parts[0] == "extension":
        return parts[1]
    if parts[0] == "worker" or parts[:2] == ("tests", "bridge"):
        return "/".join(parts[:2])
    return parts[0]


def folder_of_header(name):
    """The project folder a quoted include names, or None if it is not one of ours."""
    for folder in sorted(MAY_INCLUDE, key=len, reverse=True):
        if name.startswith(folder + "/"):
            return folder
    return None


def judge_library(name, path):
    for pattern, places in LIBRARIES.items():
        if re.match(pattern, name):
            if str(path).startswith(places):
                return None
            return f"<{name}> is for {' and '.join(places)} only"
    return f"<{name}> is not a header this project knows; see LIBRARIES in this script"


def judge_include(bracket, name, path, folder):
    target = folder_of_header(name)
    if target is not None:
        if target == folder or target in MAY_INCLUDE[folder]:
            return None
        return f"{folder} may not include {target} (\"{name}\")"
    if bracket == "<":
        if "." not in name or SYSTEM.match(name):
            return None
        return judge_library(name, path)
    if folder in POSTGRES_WORLD:
        return None  # a header of the server
    if folder in ("tests", "bench", "gateway"):
        return None if "/" not in name else f'"{name}" is in no folder of the project'
    return f'"{name}": {folder} is C++ only; name our headers with their folder'


def judge_file(root, path):
    folder = folder_of_file(path)
    if folder not in MAY_INCLUDE:
        return [f"{path}: folder {folder} is not in the table of this script"]
    includes = INCLUDE.findall((root / path).read_text(encoding="utf-8"))
    faults = [judge_include(bracket, name, path, folder) for bracket, name in includes]
    if path.suffix == ".h" and folder in CPP_ONLY and not str(path).endswith(TRIPWIRE):
        if not includes or includes[-1][1] != TRIPWIRE:
            faults.append(f'the last include must be "{TRIPWIRE}"')
    return [f"{path}: {fault}" for fault in faults if fault]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    files = [
        file.relative_to(root)
        for top in ("extension", "dsl", "worker", "gateway", "tests", "bench")
        for file in sorted((root / top).rglob("*"))
        if file.suffix in (".h", ".cc")
    ]
    if not files:
        sys.exit("check_includes: no source file found")
    faults = [fault for file in files for fault in judge_file(root, file)]
    print("\n".join(faults + [f"check_includes: {len(files)} files, {len(faults)} faults"]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
