#!/usr/bin/env python3
"""Prints the end of what each failed test of a build's last run printed.

usage: tools/failed_tests.py <build directory>
"""

import pathlib
import re
import sys

LINES = 60  # of each test
TESTS = 5
PASSED = re.compile(r"\[ +(OK|RUN) +\]|\[-+\]|$")


def main():
    log = pathlib.Path(sys.argv[1], "Testing", "Temporary", "LastTest.log")
    text = log.read_text(errors="replace")
    tests = re.split(r"^\d+/\d+ Testing: ", text, flags=re.MULTILINE)[1:]
    failed = [t for t in tests if re.search(r"^Test Failed\.$|^Test timed out", t, re.MULTILINE)]
    for test in failed[:TESTS]:
        name, _, rest = test.partition("\n")
        print(f"\n== {name}")
        lines = [line for line in rest.splitlines() if not PASSED.match(line)]
        print("\n".join(lines[-LINES:]))
    if len(failed) > TESTS:
        print(f"\n== and {len(failed) - TESTS} more")


if __name__ == "__main__":
    main()
