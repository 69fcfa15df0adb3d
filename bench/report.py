"""Turns the samples of a benchmark into RESULTS.md: medians, spreads, ratios and their floors."""

import statistics

from server import EXPORT_SETTINGS, SETTINGS

MIB = 2**20
STORED_SHARE = {"time_entries": 0.4, "wide": 0.4}
FLATNESS_MIB = 8
TARGETS = {"file": "to a file", "null": "to /dev/null", "client": "to a client", "store": "stored"}

# (name, target, ours, target of the peer, peer, floors by table with None for the others)
RATIOS = [
    ("CSV to a file / COPY csv", "file", "export csv", "file", "COPY csv",
     {"time_entries": 3.5, None: 2.2}),
    ("JSON Lines to a file / row_to_json", "file", "export jsonl", "file", "row_to_json",
     {"time_entries": 8.0, "wide": 8.0, None: 5.0}),
    ("CSV to a file with digest / COPY csv", "file", "export csv, digest", "file", "COPY csv", {}),
    ("JSON Lines to a file with digest / row_to_json", "file", "export jsonl, digest", "file",
     "row_to_json", {}),
    ("CSV to a client / COPY csv", "client", "export csv", "client", "COPY csv", {None: 2.5}),
    ("JSON Lines to a client / row_to_json", "client", "export jsonl", "client", "row_to_json", {}),
    ("stored CSV / COPY csv to a file", "store", "export csv", "file", "COPY csv", {None: 1.0}),
    ("CSV discarded / COPY csv", "null", "export csv", "null", "COPY csv", {}),
    ("JSON Lines discarded / row_to_json", "null", "export jsonl", "null", "row_to_json", {}),
    ("CSV to a file / DuckDB, 1 core", "file", "export csv", "file", "DuckDB csv, 1 core",
     {None: 1.0}),
    ("CSV to a file / DuckDB, 2 cores", "file", "export csv", "file", "DuckDB csv, 2 cores", {}),
]


def table_lines(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
    yield ""


def medians(bench, target, way):
    """Of wall and processor seconds; None for what was not measured."""
    samples = bench.samples.get((target, way))
    if not samples:
        return None, None
    walls, cpus, _ = zip(*samples)
    return statistics.median(walls), None if None in cpus else statistics.median(cpus)


def verdict(value, floor, at_most=False):
    if floor is None:
        return ""
    met = value <= floor if at_most else value >= floor
    return f"{floor:g} {'met' if met else '**not met**'}"


def ratio_rows(benches):
    for name, target, ours, peer_target, peer, floors in RATIOS:
        for bench in benches:
            wall, cpu = medians(bench, target, ours)
            peer_wall, peer_cpu = medians(bench, peer_target, peer)
            if wall is None or peer_wall is None:
                continue
            ratio = peer_wall / wall
            yield (name, bench.table, f"{ratio:.2f}",
                   verdict(ratio, floors.get(bench.table, floors.get(None))),
                   f"{peer_cpu / cpu:.2f}" if peer_cpu else "")


def stored_rows(benches):
    for bench in benches:
        if bench.stored:
            plain, stored = bench.stored
            yield (bench.table, f"{plain:,}", f"{stored:,}", f"{stored / plain:.3f}",
                   verdict(stored / plain, STORED_SHARE.get(bench.table), at_most=True))


def time_rows(bench):
    for (target, way), samples in sorted(bench.samples.items()):
        walls, cpus, peaks = zip(*samples)
        known = None not in cpus
        size = bench.bytes.get((target, way))
        yield (TARGETS[target], way, f"{statistics.median(walls):.3f}", f"{min(walls):.3f}",
               f"{max(walls):.3f}", f"{statistics.median(cpus):.3f}" if known else "",
               f"{max(peaks) / MIB:.1f}" if known else "", f"{size / 1e6:.1f}" if size else "")


def flatness_rows(flatness):
    for way, (few, many) in flatness[1].items():
        difference = (many - few) / MIB
        yield (way, f"{few / MIB:.1f}", f"{many / MIB:.1f}", f"{difference:.1f}",
               verdict(difference, FLATNESS_MIB, at_most=True))


def render(facts, rows, benches, flatness):
    lines = ["# Results", "",
             "Made by `bench/run.py`. Wall times are of one statement as its client sees it, the",
             "backend pinned to one core and the client to another; all data is cached. Ratios are",
             "of medians from interleaved rounds, above 1 means that ours is faster. Seconds are",
             "those of this machine, only ratios hold elsewhere. If a ratio by processor time is",
             "far from the one by wall time, something else used the cores or the disk was waited",
             "for. \"With digest\" is export.audit_digest = all, the default: SHA-256 of every byte, for",
             "the audit; the peers digest nothing, and the other rows are without. Stored documents",
             "are always digested.",
             ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["- Server: " + ", ".join(f"{name} = {value or 'none'}"
                                       for name, value in (SETTINGS | EXPORT_SETTINGS).items()), ""]
    ratios = list(ratio_rows(benches))
    if ratios:
        lines += ["## Ratios", ""]
        lines += table_lines(("ours / peer", "data set", "ratio", "floor", "by processor time"),
                             ratios)
    stored = list(stored_rows(benches))
    if stored:
        lines += ["## Stored bytes", ""]
        lines += table_lines(("data set", "document", "stored", "share", "at most"), stored)
    lines += ["## Memory", "",
              f"Peak of the backend's anonymous memory in MiB, {flatness[0][0]:,} and "
              f"{flatness[0][1]:,} rows, each in a new backend.", ""]
    lines += table_lines(("way", "few rows", "many rows", "difference", "at most"),
                         flatness_rows(flatness))
    lines += ["## Times", ""]
    for bench in benches:
        lines += [f"### {bench.table}, {rows[bench.table]:,} rows", ""]
        lines += table_lines(("target", "way", "median s", "min", "max", "processor s",
                              "peak private MiB", "MB written"), time_rows(bench))
    return "\n".join(lines)
