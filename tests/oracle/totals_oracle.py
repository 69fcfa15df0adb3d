"""Totals are what the server's aggregates give over the same values in the same order."""
import os
import pathlib
import subprocess

import oracle

PROGRAM = pathlib.Path(os.environ.get("BUILD_DIR", "build"), "tests/oracle/totals_values")
GROUPS = 50000 if oracle.LONG else 12000
AGGREGATES = ["sum", "avg", "min", "max", "count"]
SQL_TYPES = {"integer": "bigint", "numeric": "numeric", "float4": "float4", "float8": "float8",
             "interval": "interval"}


def integer(rng):
    small = rng.random() < 0.8
    return str(rng.randint(-9999, 9999) if small else rng.randint(-2 ** 63, 2 ** 63 - 1))


def numeric(rng):
    kind = rng.random()
    if kind < 0.01:
        return rng.choice(["NaN", "Infinity", "-Infinity"])
    whole = str(rng.randint(0, 10 ** rng.choice([0, 1, 3, 6, 12, 40])))
    scale = rng.choice([0, 0, 1, 2, 2, 5, 9, 20, 70])
    fraction = "".join(rng.choice("0000123456789") for _ in range(scale))
    return rng.choice(["", "-"]) + whole + ("." + fraction if fraction else "")


def real(rng):
    return repr(rng.choice([rng.uniform(-1000, 1000), round(rng.uniform(-100, 100), 2),
                            rng.uniform(-1, 1) * 10 ** rng.randint(-20, 20)]))


def interval(rng):
    return ",".join(str(part) for part in [
        rng.choice([0, rng.randint(-50, 50)]), rng.choice([0, rng.randint(-400, 400)]),
        rng.randint(-10 ** rng.randint(1, 13), 10 ** 11)])


KINDS = {"integer": integer, "numeric": numeric, "float4": real, "float8": real,
         "interval": interval}


def as_sql(kind, value):
    if kind == "interval" and value is not None:
        months, days, microseconds = value.split(",")
        return f"{months} months {days} days {microseconds} microseconds"
    return value


def groups(rng):
    for number in range(GROUPS):
        kind = list(KINDS)[number % len(KINDS)]
        values = [None if rng.random() < 0.1 else KINDS[kind](rng)
                  for _ in range(rng.choice([0, 1, 1, 2, 3, 7, 30]))]
        yield kind, values


def main():
    count = oracle.Count("totals and the server's aggregates")
    rng = oracle.seeded("totals")
    reference = oracle.connect({**oracle.REFERENCE_SETTINGS,
                                "max_parallel_workers_per_gather": "0"})
    cases = list(groups(rng))
    lines = [f"{aggregate}\t{kind}" + "".join("\t" + (v or "") for v in values)
             for kind, values in cases for aggregate in AGGREGATES]
    done = subprocess.run([PROGRAM], input="\n".join(lines).encode() + b"\n", capture_output=True,
                          check=True)
    ours = done.stdout.decode().splitlines()
    assert len(ours) == len(lines)
    wrong = {kind: [] for kind in KINDS}
    compared = {kind: 0 for kind in KINDS}
    for number, (kind, values) in enumerate(cases):
        selected = ", ".join(f"{a}(v ORDER BY i)::text" for a in AGGREGATES)
        theirs = reference.execute(
            f"SELECT {selected} FROM unnest(%s::{SQL_TYPES[kind]}[]) WITH ORDINALITY AS x (v, i)",
            ([as_sql(kind, v) for v in values],)).fetchone()
        for i, value in enumerate(theirs):
            line = number * len(AGGREGATES) + i
            compared[kind] += 1
            if ours[line] != ("NULL" if value is None else value):
                wrong[kind].append(f"{lines[line]}: {ours[line]}, not {value}")
    for kind in KINDS:
        count.ok(f"totals of {kind}", compared[kind] > 0 and not wrong[kind],
                 lambda: f"{len(wrong[kind])} of {compared[kind]}, {wrong[kind][:3]}")
        count.compared[f"totals of {kind}"] += compared[kind]
    count.finish()


main()
