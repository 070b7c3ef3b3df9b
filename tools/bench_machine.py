"""The machine that benchmarks run on, and who else uses it; a part of tools/bench and bench/fetch_peers."""

import datetime
import os
import pathlib
import platform
import re
import subprocess


def busy_seconds():
    """Processor time that this machine has spent on anything."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def share_of_others(began):
    """Which part of the machine's processor time was not ours since `began`, in percent."""
    when, busy, ours = (now - then for now, then in zip(moment(), began))
    return max(0.0, round(100 * (busy - ours) / (when * os.cpu_count()), 1))


def moment():
    times = os.times()
    ours = times.user + times.system + times.children_user + times.children_system
    return times.elapsed, busy_seconds(), ours


def processor():
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    return found[1] if found else platform.machine()


def output_of(*command, **options):
    return subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    ).stdout.strip()


def where(root, *folders):
    """What was measured, where and when; `folders` of the clone at `root` have a say in it."""
    commit = output_of("git", "rev-parse", "--short=12", "HEAD", cwd=root) or "unknown"
    changed = output_of("git", "status", "--porcelain", "--", *folders, cwd=root)
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit + (" and changes" if changed else ""),
        "machine": f"{os.cpu_count()} x {processor()}",
        "system": f"Linux {platform.release()}",
    }
