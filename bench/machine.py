"""The machine that a benchmark ran on, and peers that come as packages of npm."""

import contextlib
import datetime
import json
import os
import pathlib
import platform
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def npm_package(folder, name):
    """Installs it below `folder`; returns (its folder of modules or None, a line for the report)."""
    try:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder,
                        name], check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        return None, f"left out, its npm package could not be installed ({error})"
    modules = pathlib.Path(folder, "node_modules")
    return modules, json.loads((modules / name / "package.json").read_text())["version"]


def machine(server):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"],
                            capture_output=True, text=True, check=False).stdout.strip()
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "Date": datetime.date.today().isoformat(),
        "Commit": commit or "not committed",
        "Processor": f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB",
        "System": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "PostgreSQL": version,
    }
