"""What it takes to compile a program that uses paipa; a part of tools/bench.

The teaser of the README, also with <paipa/paipa.hpp> precompiled, beside a file that only includes that
header, and one that includes the standard headers which that includes and nothing else.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import time

COMPILER = ("g++", "-std=c++20", "-O2")


def standard_headers(root, file):
    """The headers outside of paipa that `file` and all of paipa's headers under it include."""
    listed = subprocess.run(
        [*COMPILER, "-I", root / "include", "-M", file], capture_output=True, text=True, check=True
    )
    read = [name for name in listed.stdout.split() if name.startswith("/")]
    named = set()
    for name in read:
        if pathlib.Path(name).is_relative_to(root):
            code = pathlib.Path(name).read_text(encoding="utf-8")
            named.update(re.findall(r"^ *#include <(?!paipa/)(\S+)>", code, re.MULTILINE))
    # Some are only included where they exist.
    return sorted(h for h in named if any(name.endswith(f"/{h}") for name in read))


def precompile(root, folder):
    """Precompiles <paipa/paipa.hpp>; returns what to compile with then."""
    header = folder / "precompiled.hpp"
    header.write_text("#include <paipa/paipa.hpp>\n", encoding="utf-8")
    subprocess.run(
        [*COMPILER, "-I", root / "include", "-x", "c++-header", header, "-o", f"{header}.gch"],
        check=True,
    )
    return ["-include", header, "-Winvalid-pch", "-Werror"]


def compiled(root, source, options):
    """Compiles once; returns the figures."""
    target = source.with_suffix(".o")
    command = [*COMPILER, "-I", root / "include", *options, "-c", source, "-o", target]
    began = time.monotonic()
    child = subprocess.Popen(command)
    _, status, use = os.wait4(child.pid, 0)  # its memory: the largest process under it
    took = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"cannot compile {source}")
    size = subprocess.run(["size", target], capture_output=True, text=True, check=True)
    return {
        "time": took,
        "cpu": use.ru_utime + use.ru_stime,
        "peak_mib": use.ru_maxrss / 1024,
        "text_kib": int(size.stdout.splitlines()[1].split()[0]) / 1024,
    }


def answers(root, repetitions):
    """Like the answers of a program, as {who: {figure: [one value a repetition]}}."""
    teaser = root / "examples/teaser.cpp"
    headers = standard_headers(root, teaser)
    sources = {
        "teaser": teaser.read_text(encoding="utf-8"),
        "teaser_precompiled": teaser.read_text(encoding="utf-8"),
        "include_paipa": "#include <paipa/paipa.hpp>\n",
        "include_standard": "".join(f"#include <{header}>\n" for header in headers),
    }
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        options = {"teaser_precompiled": precompile(root, folder)}
        for _ in range(repetitions):
            for who, code in sources.items():
                source = folder / f"{who}.cpp"
                source.write_text(code, encoding="utf-8")
                for figure, value in compiled(root, source, options.get(who, ())).items():
                    found.setdefault(who, {}).setdefault(figure, []).append(value)
    return found
