#!/usr/bin/env python3
"""Builds what the tests whose names match a regular expression need, and runs them, in the gcc preset.

usage: tools/test one <regex>
`tools/test one unit.queue`, `tools/test one 'promises.policy_.*2_threads'`
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "gcc"
UNBUILT = "_NOT_BUILT"  # ctest's name for the tests of a program that is not built yet


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def tests():
    """All tests that the build folder knows: pairs of name and command."""
    shown = subprocess.run(
        ["ctest", "--preset", "gcc", "--show-only=json-v1"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    for test in json.loads(shown.stdout)["tests"]:
        yield test["name"], test.get("command", [])


def may_match(regex, program):
    """Whether a test of a program that is not built yet can match: tests begin with its name."""
    return re.search(regex, program) or regex.removeprefix("^").startswith(program)


def programs_in(command):
    """The targets whose programs a test's command runs."""
    for word in re.findall(rf"{re.escape(str(BUILD))}/\S+", " ".join(command)):
        path = pathlib.Path(word)
        if path.parent.name == "compile_fail":
            yield "paipa_compile_fail_header"
        elif (path.parent / "CTestTestfile.cmake").exists() or path.suffix == "":
            yield path.name


def targets(regex, known):
    needed = set()
    for name, command in known:
        if name.endswith(UNBUILT):
            program = name.removesuffix(UNBUILT)
            if may_match(regex, program):
                needed.add(program)
        elif re.search(regex, name):
            whole = any(word.startswith("build=") for word in command)
            needed.update(["all"] if whole else programs_in(command))
    return needed


def self_test():
    build = str(BUILD)
    known = [
        ("unit.queue_NOT_BUILT", []),
        ("unit.queue_x_NOT_BUILT", []),
        ("unit.time.time.does_not_overflow", [f"{build}/tests/unit/unit.time", "--gtest_filter=x"]),
        ("unit.o0", ["/usr/bin/sh", "-c", f"ulimit -s 1 && exec {build}/tests/unit/unit.o0"]),
        ("compile_fail.a", ["/usr/bin/g++", "-include", f"{build}/tests/compile_fail/paipa.hpp"]),
        ("package.install", ["/usr/bin/cmake", "-D", f"build={build}"]),
        ("lint.format", [f"{ROOT}/tools/format", "--check"]),
    ]
    cases = {
        "unit.queue": {"unit.queue", "unit.queue_x"},
        "unit.queue.queue.takes": {"unit.queue"},
        "^unit.queue_x.queue": {"unit.queue", "unit.queue_x"},
        "does_not": {"unit.time"},
        "o0": {"unit.o0"},
        "compile_fail": {"paipa_compile_fail_header"},
        "package": {"all"},
        "lint": set(),
        "nothing like this": set(),
    }
    wrong = []
    for regex, want in cases.items():
        if (got := targets(regex, known)) != want:
            wrong.append(f"{regex}: want {sorted(want)}, got {sorted(got)}")
    return wrong


def main():
    if sys.argv[1:] == ["--self-test"]:
        wrong = self_test()
        print("\n".join(wrong), end="\n" if wrong else "")
        sys.exit(1 if wrong else 0)
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    regex = sys.argv[1]
    try:
        re.compile(regex)
    except re.error as error:
        sys.exit(f"tools/test one: '{regex}' is no regular expression: {error}")
    if not (BUILD / "build.ninja").exists() and run("cmake", "--preset", "gcc"):
        sys.exit(1)
    needed = targets(regex, tests())
    if needed and run("cmake", "--build", "--preset", "gcc", "--target", *sorted(needed)):
        sys.exit(1)
    if not any(re.search(regex, name) for name, _ in tests()):
        sys.exit(f"tools/test one: no test matches '{regex}'; ctest --preset gcc -N lists them")
    sys.exit(run("ctest", "--preset", "gcc", "--output-on-failure", "-R", regex))


main()
