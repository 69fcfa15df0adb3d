#!/usr/bin/env python3
"""Turns Debian package records (RFC 822 style, on stdin) into CSV for demo.package (on stdout)."""

import csv
import re
import sys

FIELDS = ("Package", "Version", "Architecture", "Section", "Priority", "Installed-Size", "Size")


def records(lines):
    record = {}
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if record:
                yield record
            record = {}
        elif line[0] != " " and ":" in line:
            name, value = line.split(":", 1)
            record[name] = value.strip()
    if record:
        yield record


def as_array(depends):
    """The names of a Depends field, first alternative of each, as a PostgreSQL array literal."""
    names = [re.split(r"[\s:(|]", entry.strip(), maxsplit=1)[0] for entry in depends.split(",")]
    return "{" + ",".join(f'"{name}"' for name in dict.fromkeys(names) if name) + "}"


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    seen = set()
    for record in records(sys.stdin):
        key = tuple(record.get(field, "") for field in FIELDS[:3])
        if "Package" not in record or key in seen:
            continue
        seen.add(key)
        writer.writerow(
            [record.get(field, "") for field in FIELDS]
            + [as_array(record.get("Depends", "")), record.get("Description", "")]
        )


if __name__ == "__main__":
    main()
