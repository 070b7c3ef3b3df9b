#!/usr/bin/env python3
"""Checks what neither compiler nor clang-tidy checks about the tree.

Prints `file:line: rule: what is wrong` and fails when there is anything to print. `--self-test`
plants one violation of each rule in a scratch tree and wants to see exactly that one.
"""

import pathlib
import re
import sys
import tempfile

CODE_FOLDERS = ("include", "src", "integrations", "tests", "examples", "bench")
MAX_LINES = 400

# Rules that are a pattern in code without comments and strings:
# name, places, exempt places, pattern, reason.
PATTERNS = (
    ("wall-clock", ("include", "src"), (), r"\bsystem_clock\b", "it jumps; use steady_clock"),
    (
        "lost-wake-up",
        ("include", "src"),
        ("src/platform",),
        r"\bcondition_variable|\b(counting|binary)_semaphore\b|\b(recursive_)?timed_mutex\b",
        "blocking goes through park and unpark",
    ),
    ("fence", ("include", "src"), (), r"\batomic_thread_fence\b", "TSan cannot model it"),
    (
        "sleep",
        ("include", "src", "integrations", "tests"),
        (),
        r"\bthis_thread\s*::\s*sleep_|(?<![.>\w])(u|nano)?sleep\s*\(",
        "wait for an event, or use virtual time",
    ),
)

COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
    |/\*.*?\*/
    |R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"
    |"(?:[^"\\\n]|\\.)*"
    |(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)*'""",
    re.VERBOSE | re.DOTALL,
)
SUSPENDS = re.compile(r"\bco_(await|yield)\b")
ATTRIBUTE = re.compile(r"\[\[.*?\]\]")
# A brace after one of these opens a block; any other one builds an object.
BLOCK = re.compile(r"(\)|\]|\belse|\bdo|\btry|\bnoexcept|\bmutable|->[^;{}=()]*)\s*\{")
CAPTURES = re.compile(r"(?<![\w\])])\[(?!\])")
ESCAPE = re.compile(r"gcc12-ok: \S")


def without_text(code):
    """The code with comments and literals blanked, line by line."""
    def blank(match):
        text = match.group()
        mark = '""' if text[0] in "\"'R" else ""
        return mark + "\n" * text.count("\n")

    return COMMENT_OR_LITERAL.sub(blank, code)


def miscompiled(line):
    """Whether g++ 12 may destroy twice what this line builds beside co_await or co_yield."""
    if not SUSPENDS.search(line):
        return False
    line = ATTRIBUTE.sub("", line)
    return bool(CAPTURES.search(line)) or "{" in BLOCK.sub("", re.sub(r"\{\s*$", "", line))


class Tree:
    def __init__(self, root):
        self.root = root
        self.found = []

    def complain(self, path, line, rule, text):
        self.found.append(f"{path}:{line}: {rule}: {text}")

    def sources(self):
        for folder in CODE_FOLDERS:
            for path in sorted((self.root / folder).rglob("*.[ch]pp")):
                yield path.relative_to(self.root)

    def check_source(self, path):
        code = (self.root / path).read_text(encoding="utf-8")
        lines = code.splitlines()
        if len(lines) > MAX_LINES:
            self.complain(path, MAX_LINES + 1, "length", f"{len(lines)} lines, want {MAX_LINES}")
        for number, line in enumerate(without_text(code).splitlines(), 1):
            for rule, places, exempt, pattern, reason in PATTERNS:
                inside = path.parts[0] in places
                inside &= not any(str(path).startswith(place + "/") for place in exempt)
                if inside and (match := re.search(pattern, line)):
                    self.complain(path, number, rule, f"no '{match.group()}': {reason}")
            escaped = any(ESCAPE.search(text) for text in lines[max(0, number - 2) : number])
            if miscompiled(line) and not escaped:
                self.complain(
                    path,
                    number,
                    "gcc12",
                    "g++ 12 destroys twice what a brace or a capturing lambda builds beside "
                    "co_await or co_yield; name it first, or explain with 'gcc12-ok: <reason>'",
                )

    def check_guard(self, path, name):
        want = "PAIPA_" + re.sub(r"\W", "_", name.removeprefix("paipa/")).upper()
        code = without_text((self.root / path).read_text(encoding="utf-8"))
        got = re.match(r"\s*#ifndef (\w+)\n#define (\w+)\n", code)
        if not got or set(got.groups()) != {want}:
            self.complain(path, 1, "guard", f"want the include guard {want}")

    def check_headers(self):
        include = self.root / "include"
        names = [str(p.relative_to(include)) for p in sorted(include.rglob("*.hpp"))]
        listing = include / "CMakeLists.txt"
        listed = re.findall(r"\bpaipa/\S+\.hpp", listing.read_text(encoding="utf-8"))
        umbrella = include / "paipa/paipa.hpp"
        code = umbrella.read_text(encoding="utf-8") if umbrella.exists() else ""
        for name in names:
            path = "include/" + name
            inner = name.removeprefix("paipa/")
            self.check_guard(path, name)
            if name not in listed:
                self.complain(path, 1, "unlisted", "not listed in include/CMakeLists.txt")
            if name == "paipa/paipa.hpp":
                continue
            apart = inner.startswith(("testing/", "detail/"))
            if not apart and f"#include <{name}>" not in code:
                self.complain(path, 1, "umbrella", "not included by paipa/paipa.hpp")
            test = "tests/unit/" + inner.removesuffix(".hpp") + "_test.cpp"
            internal = inner.startswith("detail/")  # seen through the public headers' tests
            if not internal and not (self.root / test).exists():
                self.complain(path, 1, "untested", f"{test} does not exist")
        for header in sorted(self.root.glob("integrations/*/include/**/*.hpp")):
            name = str(header.relative_to(self.root)).split("/include/", 1)[1]
            self.check_guard(header.relative_to(self.root), name)

    def check(self):
        for path in self.sources():
            self.check_source(path)
        self.check_headers()
        return self.found


GOOD = {
    "include/CMakeLists.txt": "paipa/detail/edge/edge.hpp paipa/paipa.hpp paipa/queue.hpp)\n",
    "include/paipa/paipa.hpp": "#ifndef PAIPA_PAIPA_HPP\n#define PAIPA_PAIPA_HPP\n"
    "#include <paipa/queue.hpp>\n#endif\n",
    "include/paipa/queue.hpp": "#ifndef PAIPA_QUEUE_HPP\n#define PAIPA_QUEUE_HPP\n#endif\n",
    "include/paipa/detail/edge/edge.hpp": "#ifndef PAIPA_DETAIL_EDGE_EDGE_HPP\n"
    "#define PAIPA_DETAIL_EDGE_EDGE_HPP\n#endif\n",
    "tests/unit/queue_test.cpp": "",
    "tests/unit/detail/edge/edge_test.cpp": "self().sleep_for(1s);\n",
    "src/platform/word.cpp": "std::condition_variable wake;\n",
    "src/edge.cpp": '// system_clock\nauto s = "usleep(1)";\nint n = 1\'000; /* timed_mutex\n*/\n',
    "src/co.cpp": "[[nodiscard]] task f() { co_await g(a[1], [] { return 1; }); }\n"
    "for (int i : co_await x()) {\nco_yield [x] {};  // gcc12-ok: never destroyed\n"
    "// gcc12-ok: trivial\nco_yield point{1, 2};\n",
}
BAD = (
    ("wall-clock", "src/a.cpp", "std::chrono::system_clock::now();\n"),
    ("lost-wake-up", "src/a.cpp", "std::condition_variable_any c;\n"),
    ("lost-wake-up", "src/a.cpp", "std::counting_semaphore<1> c;\n"),
    ("lost-wake-up", "src/a.cpp", "std::timed_mutex c;\n"),
    ("fence", "src/a.cpp", "std::atomic_thread_fence(std::memory_order_acquire);\n"),
    ("sleep", "src/a.cpp", "std::this_thread::sleep_for(1s);\n"),
    ("sleep", "tests/unit/a.cpp", "usleep(10);\n"),
    ("gcc12", "src/a.cpp", "co_await f([x] { return x; });\n"),
    ("gcc12", "tests/a.cpp", "co_yield item{1};\n"),
    ("gcc12", "src/a.cpp", "co_await child({.a = 1});\n"),
    ("gcc12", "src/a.cpp", "if (co_await f(item{})) {\n"),
    ("gcc12", "src/a.cpp", "co_yield item{1};  // gcc12-ok:\n"),
    ("guard", "include/paipa/queue.hpp", "#ifndef QUEUE_HPP\n#define QUEUE_HPP\n#endif\n"),
    ("guard", "integrations/x/include/paipa/integrations/x.hpp", "#pragma once\n"),
    ("length", "src/a.cpp", "\n" * 401),
    ("unlisted", "include/CMakeLists.txt", "paipa/paipa.hpp paipa/queue.hpp\n"),
    ("umbrella", "include/paipa/paipa.hpp", "#ifndef PAIPA_PAIPA_HPP\n#define PAIPA_PAIPA_HPP\n"),
    ("untested", "tests/unit/queue_test.cpp", None),
)


def findings_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
        return Tree(root).check()


def self_test():
    wrong = [f"good tree: want no finding, got {f}" for f in findings_of(GOOD)]
    for rule, name, text in BAD:
        found = findings_of({**GOOD, name: text})
        if len(found) != 1 or f": {rule}: " not in found[0]:
            wrong.append(f"{name} with {text!r}: want one finding '{rule}', got {found}")
    return wrong


def main():
    if sys.argv[1:] not in ([], ["--self-test"]):
        sys.exit("tools/check_tree.py: want no argument or --self-test")
    root = pathlib.Path(__file__).resolve().parent.parent
    found = self_test() if sys.argv[1:] else Tree(root).check()
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
