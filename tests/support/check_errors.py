#!/usr/bin/env python3
"""Checks what the server's users will read: every error has a SQLSTATE of its own.

    check_errors.py [ROOT]

In the folders that see the server: ereport(ERROR or FATAL, ...) names an errcode; elog(ERROR) is
for what cannot happen, and says so by how it begins.  In every text file: no unfinished work and
no path of somebody's machine.
"""

import pathlib
import re
import sys

FOLDERS = ("extension/bridge", "extension/server", "worker/server")
SKIPPED = {".git", ".demo", "node_modules", "corpus", "golden"}

REPORT = re.compile(r"\b(ereport|ereport_domain|elog)\s*\(")
RAISES = re.compile(r"\s*(ERROR|FATAL|PANIC)\b")
ERRCODE = re.compile(r"\berrcode(_for_(file|socket)_access)?\s*\(")

# elog carries XX000: only for a broken catalogue or a broken assumption of this code.
CANNOT_HAPPEN = (
    "SPI_",
    "cache lookup failed",
    "cannot happen",
    "could not find",
    "missing",
    "unexpected",
    "unrecognized",
)

UNWANTED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|(?<![\w./-])/(root|home|work|Users)/\w")


def without_comments(text):
    """Blanks comments out, keeping strings, offsets and line numbers."""
    token = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def blank(match):
        piece = match.group()
        return piece if piece[0] == '"' else re.sub(r"[^\n]", " ", piece)

    return token.sub(blank, text)


def call_at(text, opening):
    """The text between the parenthesis at `opening` and its partner."""
    depth = 0
    token = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'|[()]", re.DOTALL)
    for match in token.finditer(text, opening):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return text[opening + 1 : match.start()]
    return text[opening + 1 :]


def judge_call(name, call):
    if not RAISES.match(call):
        return None
    if name != "elog":
        return None if ERRCODE.search(re.sub(r'"(?:\\.|[^"\\])*"', '""', call)) else f"{name} without errcode"
    message = re.search(r'"((?:\\.|[^"\\])*)"', call)
    if message and message.group(1).startswith(CANNOT_HAPPEN):
        return None
    return "elog(ERROR) for something that can happen: use ereport with an errcode"


def judge_source(path):
    text = without_comments(path.read_text(encoding="utf-8"))
    for match in REPORT.finditer(text):
        fault = judge_call(match.group(1), call_at(text, match.end() - 1))
        if fault:
            yield text.count("\n", 0, match.start()) + 1, fault


def judge_words(path):
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return
    for number, line in enumerate(lines, 1):
        found = UNWANTED.search(line)
        if found:
            yield number, f"unwanted: {found.group()}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    sources = [
        file
        for folder in FOLDERS
        for file in sorted((root / folder).rglob("*"))
        if file.suffix in (".h", ".cc")
    ]
    if not sources:
        sys.exit("check_errors: no source file found")
    this_check = {"check_errors.py", "checks_test.py"}
    texts = [
        file
        for file in sorted(root.rglob("*"))
        if file.is_file()
        and file.name not in this_check
        and not any(
            part in SKIPPED or part.startswith("build") for part in file.relative_to(root).parts
        )
    ]
    faults = [
        f"{file.relative_to(root)}:{line}: {fault}"
        for files, judge in ((sources, judge_source), (texts, judge_words))
        for file in files
        for line, fault in judge(file)
    ]
    print("\n".join(faults + [f"check_errors: {len(sources)} files, {len(faults)} faults"]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
