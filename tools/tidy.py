#!/usr/bin/env python3
"""Runs clang-tidy 19 over the library: usage: tools/tidy.py <build folder> [<arguments>...]

Sources are checked with the definitions and folders that the build folder's compile commands give
them, without its compiler's flags and precompiled headers. Each public header is checked as a file
of its own: its includes must be complete without any source's help. The further arguments go to
run-clang-tidy: a regular expression of paths, or -fix.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ("-D", "-I", "-isystem", "-std=")


def command(file, flags):
    arguments = ["clang++-19", "-std=c++20", "-xc++", *flags, "-fsyntax-only", str(file)]
    return {"directory": str(ROOT), "file": str(file), "arguments": arguments}


def kept(arguments):
    """The flags that matter to what the code means."""
    flags = []
    for flag, value in zip(arguments, [*arguments[1:], ""]):
        if flag in KEPT:
            flags += [flag, value]
        elif flag.startswith(KEPT):
            flags.append(flag)
    return flags


def commands(build):
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(ROOT / "src") or file.match(str(ROOT / "integrations/*/src/*.cpp")):
            yield command(file, kept(shlex.split(entry["command"])))
    folders = [ROOT / "include", *sorted(ROOT.glob("integrations/*/include"))]
    for folder in folders:
        for header in sorted(folder.rglob("*.hpp")):
            yield command(header, [f"-I{f}" for f in folders])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    (folder / "compile_commands.json").write_text(
        json.dumps(list(commands(build)), indent=1), encoding="utf-8"
    )
    jobs = str(len(os.sched_getaffinity(0)))
    tidy = ["run-clang-tidy-19", "-quiet", "-p", str(folder), "-j", jobs, *sys.argv[2:]]
    sys.exit(subprocess.run(tidy, check=False, cwd=ROOT).returncode)


main()
