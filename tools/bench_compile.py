"""What it takes to compile a program that uses paipa; a part of tools/bench.

The teaser of the README, beside a file that only includes <paipa/paipa.hpp>, and one that includes the
standard headers which that includes and nothing else.
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


def compiled(root, source):
    """Compiles once; returns the figures."""
    target = source.with_suffix(".o")
    began = time.monotonic()
    child = subprocess.Popen([*COMPILER, "-I", root / "include", "-c", source, "-o", target])
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
        "include_paipa": "#include <paipa/paipa.hpp>\n",
        "include_standard": "".join(f"#include <{header}>\n" for header in headers),
    }
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repetitions):
            for who, code in sources.items():
                source = pathlib.Path(folder) / f"{who}.cpp"
                source.write_text(code, encoding="utf-8")
                for figure, value in compiled(root, source).items():
                    found.setdefault(who, {}).setdefault(figure, []).append(value)
    return found
