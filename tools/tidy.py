#!/usr/bin/env python3
"""Runs clang-tidy 19 over the library: usage: tools/tidy.py <build folder> [<arguments>...]

Sources are checked with the definitions and folders that the build folder's compile commands give
them, without its compiler's flags and precompiled headers. All public headers are checked together,
as one file, which takes a fraction of the time; each alone only for its includes, which must be
complete without any source's help. The further arguments go to run-clang-tidy: a regular expression
of paths, or -fix.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ("-D", "-I", "-isystem", "-std=")
# Nodes that the static analyser explores of a function; by default 225,000, which takes 18 of the 22 s
# of src/detail/edge/edge.cpp.
ANALYZER = ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000")
# What it prints besides its findings: a progress line and a count for each file.
NOISE = re.compile(r"\[ *\d+/\d+\]|\d+ warnings? (?:generated|treated)|\s*$")


def command(file, flags):
    arguments = ["clang++-19", "-std=c++20", "-xc++", *flags, *ANALYZER, "-fsyntax-only", str(file)]
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


def headers_of(folders):
    return [header for folder in folders for header in sorted(folder.rglob("*.hpp"))]


def sources(build, folders):
    """All sources, and one that includes every public header."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(ROOT / "src") or file.match(str(ROOT / "integrations/*/src/*.cpp")):
            yield command(file, kept(shlex.split(entry["command"])))
    everything = build / "tidy" / "all_headers.cpp"
    everything.write_text("", encoding="utf-8")
    includes = [word for header in headers_of(folders) for word in ("-include", str(header))]
    yield command(everything, [*(f"-I{f}" for f in folders), *includes])


def headers(folders):
    for header in headers_of(folders):
        yield command(header, [f"-I{f}" for f in folders])


def tidy(folder, commands, arguments):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compile_commands.json").write_text(
        json.dumps(list(commands), indent=1), encoding="utf-8"
    )
    jobs = str(len(os.sched_getaffinity(0)))
    run = ["run-clang-tidy-19", "-quiet", "-p", str(folder), "-j", jobs, *arguments]
    ran = subprocess.run(
        run, check=False, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print("".join(line for line in ran.stdout.splitlines(True) if not NOISE.match(line)), flush=True)
    return ran.returncode


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    folders = [ROOT / "include", *sorted(ROOT.glob("integrations/*/include"))]
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    failed = tidy(folder / "headers", headers(folders), ["-checks=-*,misc-include-cleaner", *sys.argv[2:]])
    failed |= tidy(folder / "sources", sources(build, folders), sys.argv[2:])
    sys.exit(failed)


main()
