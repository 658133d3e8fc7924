# SPDX-License-Identifier: Apache-2.0
"""What a reader must know about a run: machine, compiler, commit."""

import datetime
import os
import pathlib
import platform
import subprocess

import run

BUSY_LOAD = 0.5  # for each processor, before the run


def _processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _cache_entries(folder):
    """What CMake was told, by name."""
    entries = {}
    try:
        text = (folder / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return entries
    for line in text.splitlines():
        key, separator, value = line.partition("=")
        if separator and not line.startswith(("#", "//")):
            entries[key.split(":")[0]] = value
    return entries


def _compiler(folder):
    entries = _cache_entries(folder)
    program = entries.get("CMAKE_CXX_COMPILER", "")
    try:
        done = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
        version = (done.stdout.splitlines() or ["unknown"])[0]
    except OSError:
        version = "unknown"
    kind = entries.get("CMAKE_BUILD_TYPE", "")
    flags = [entries.get("CMAKE_CXX_FLAGS", ""), entries.get(f"CMAKE_CXX_FLAGS_{kind.upper()}", "")]
    return version, " ".join(" ".join(flags).split()) or "none"


def _commit():
    described = run.git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
    return described.stdout.strip() or "unknown"


def facts(build, options, context):
    """Texts by name, in the order in which the page shows them."""
    version, flags = _compiler(build.folder)
    return {
        "commit": _commit(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "processors": str(context.get("num_cpus", os.cpu_count())),
        "clock": f"{context.get('mhz_per_cpu', 'unknown')} MHz",
        "frequency scaling": {True: "on", False: "off"}.get(context.get("cpu_scaling_enabled"),
                                                            "unknown"),
        "load before": _load_text(context),
        "system": f"{platform.system()} {platform.release()}",
        "compiler": version,
        "flags": flags,
        "measured": f"{options.repetitions} repetitions in {options.rounds} starts of each "
                    f"program, each of at least {options.min_time_s:g} s, in random order",
    }


def _load(context):
    loads = context.get("load_avg")
    if not isinstance(loads, list):
        return []
    return [load for load in loads if isinstance(load, (int, float))]


def _load_text(context):
    return " ".join(f"{load:.2f}" for load in _load(context)) or "unknown"


def warnings(context):
    """Reasons not to trust the figures."""
    found = []
    count = os.cpu_count() or 1
    loads = _load(context)
    if loads and loads[0] > BUSY_LOAD * count:
        found.append(f"the machine was busy before the run (load {loads[0]:.1f}, {count} "
                     "processors): the figures are noisy")
    if context.get("cpu_scaling_enabled") is True:
        found.append("the clock of the processors changes while they run: the figures are noisy")
    return found
