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
MAX_CLASS_LINES = 600  # of a header and all of its sources

# The rooms of include/paipa/detail and src/detail, and what each may know: rooms, or one header of a
# room. All may know `support`, and what is public.
ROOMS = {
    "support": (),
    "sync": (),
    "ticket": ("sync",),
    "item": ("ticket",),
    "edge": ("item", "sync", "ticket"),
    "order": ("item", "sync", "edge", "ticket"),
    "attempt": ("item", "sync/mutex", "ticket"),
    "kernel": ("item", "stage/output"),
    "stage": ("item", "sync", "edge", "order", "attempt", "kernel", "ticket"),
    "flow": ("item", "kernel"),
    "lazy": (
        "item",
        "sync",
        "attempt",
        "kernel",
        "stage/add_outcomes",
        "stage/settle_failure",
        "stage/worker_context",
    ),
    "run": ("item", "sync", "edge", "order", "attempt", "kernel", "stage", "flow", "ticket"),
}

# Classes that know more than their room may, in header or source: what, and why. It must only shrink.
ALLOWED = {
    "attempt/item_clock": (
        "stage/run_base stage/step_base stage/worker_context",
        "it makes the stop token of a worker's item",
    ),
    "edge/edge": (
        "order/resequencer stage/time_sheet",
        "it books waits, and an idle reader asks for the outputs of an ordered step",
    ),
    "edge/edge_take": ("stage/time_sheet", "it books the reader's wait"),
    "edge/edge_core": (
        "stage/batch_sizer stage/time_sheet",
        "it books waits, and a reader looks again after the time of a batch",
    ),
    "flow/definitions": (
        "lazy/adapted stage/item_stage_worker stage/iter_worker stage/typed_item_worker "
        "stage/typed_iter_worker",
        "a definition makes the workers of its stage on threads",
    ),
    "flow/step_head": ("attempt/failure_policy", "the policy says which options are wrong"),
    "kernel/context_kernel": ("stage/worker_context", "a context is made of the worker"),
    "kernel/fused_kernel": (
        "attempt/attempt attempt/held_outputs attempt/item_clock stage/fused_part stage/fused_worker "
        "stage/step_core stage/worker_context",
        "each fused step counts and settles its own items",
    ),
    "kernel/kernel": ("stage/worker_context", "an instance of a class step is told its worker"),
    "kernel/kernel_hooks": ("stage/worker_context", "the worker's books have what a step keeps back"),
    "lazy/adapted": ("flow/check", "it refuses what a step cannot take in the flow's words"),
    "lazy/chain": ("flow/check flow/definitions flow/step_head", "it links a flow's definitions"),
    "lazy/inline_run": (
        "run/run_core stage/run_base stage/step_base",
        "it is a run to its steps, and starts the threaded run in front of it",
    ),
    "lazy/inline_runs": ("run/run_core", "its books include those of threaded runs"),
    "lazy/inline_stage": (
        "edge/waiting_retries flow/step_head stage/output",
        "retries wait, and outputs are held, as on threads",
    ),
    "lazy/make_inline": ("flow/definitions", "it makes the inline stage of a definition"),
    "lazy/inline_timer": ("stage/run_base stage/step_base", "it times the items of a step"),
    "order/resequencer": (
        "stage/output stage/time_sheet stage/worker_context",
        "it sends outputs through the worker whose turn it is, and books the wait for the turn",
    ),
    "stage/item_stage": ("flow/step_head", "parts are checked when they are added"),
}

# Sources that hold a part of a class, and the class.
PARTS = {
    "src/detail/edge/edge_ends.cpp": "detail/edge/edge",
    "src/detail/run/run_core_calls.cpp": "detail/run/run_core",
    "src/detail/stage/item_stage_tries.cpp": "detail/stage/item_stage",
    # one for each system
    "src/platform/usage_linux.cpp": "platform/usage",
    "src/platform/usage_portable.cpp": "platform/usage",
    "src/platform/wait_word_linux.cpp": "platform/wait_word",
    "src/platform/wait_word_portable.cpp": "platform/wait_word",
}

# Classes that are longer than they should be, and their lines, which must not become more.
LONG_CLASSES = {}

# Headers of rooms that have no test of the same path; they are seen through those of others. It must
# only shrink.
UNTESTED = """

""".split()

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
# A path in a page, in backquotes: one of the folders, and no placeholder.
PATH_IN_PAGE = re.compile(
    r"`((?:bench|cmake|detail|examples|include|integrations|src|tests|tools)/[\w./-]+)`"
)
STATUS = re.compile(r"\n(Accepted|Replaced by \[.*\]\(.*\)), \d{4}-\d\d-\d\d\.\n")
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


def class_in_room(path):
    """`<room>/<name>` of a file in include/paipa/detail or src/detail, else None."""
    name = re.match(r"(?:include/paipa|src)/detail/(.*)\.[ch]pp$", str(path))
    return name and name[1]


class Exceptions:
    """What the rules let pass. Whatever it lists must be there, and in need of it."""

    def __init__(self, allowed, parts, long_classes, untested):
        self.allowed = allowed
        self.parts = parts
        self.long_classes = long_classes
        self.untested = untested


EXCEPTIONS = Exceptions(ALLOWED, PARTS, LONG_CLASSES, UNTESTED)


class Tree:
    def __init__(self, root, exceptions):
        self.root = root
        self.exceptions = exceptions
        self.found = []
        self.needed = set()  # of what ALLOWED lists

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

    def check_test(self, path, name):
        """Whether a header has its test, or is listed as one that has none."""
        test = f"tests/unit/{name}_test.cpp"
        listed = name in [f"detail/{listed}" for listed in self.exceptions.untested]
        has_test = (self.root / test).exists()
        if not has_test and not listed:
            self.complain(path, 1, "untested", f"{test} does not exist")
        if has_test and listed:
            self.complain(path, 1, "untested", f"has {test}: take it off UNTESTED")

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
            self.check_test(path, inner.removesuffix(".hpp"))
        for name in self.exceptions.untested:
            path = f"include/paipa/detail/{name}.hpp"
            if not (self.root / path).exists():
                self.complain(path, 1, "untested", "does not exist: take it off UNTESTED")
        for header in sorted(self.root.glob("integrations/*/include/**/*.hpp")):
            name = str(header.relative_to(self.root)).split("/include/", 1)[1]
            self.check_guard(header.relative_to(self.root), name)

    def check_room(self, path):
        """Whether a file of a room includes only what the room may know."""
        name = class_in_room(path)
        room, _, file = name.rpartition("/")
        if room not in ROOMS:
            self.complain(path, 1, "room", f"'{room or file}' is none of the rooms in ROOMS")
            return
        allowed = self.exceptions.allowed.get(name, ("", ""))[0].split()
        code = (self.root / path).read_text(encoding="utf-8")
        for number, line in enumerate(code.splitlines(), 1):
            include = re.match(r"#include <paipa/detail/((\w+)/\w+)\.hpp>", line)
            if not include or include[2] in (room, "support", *ROOMS[room]):
                continue
            if include[1] in allowed:
                self.needed.add((name, include[1]))
            elif include[1] not in ROOMS[room]:
                self.complain(path, number, "room", f"'{room}' may not know {include[1]}")

    def check_rooms(self):
        for path in self.sources():
            if class_in_room(path):
                self.check_room(path)
        for name, (headers, _) in self.exceptions.allowed.items():
            for header in headers.split():
                if (name, header) not in self.needed:
                    text = f"does not include {header}: take that off ALLOWED"
                    self.complain("detail/" + name, 1, "room", text)

    def header_of(self, source):
        """The header whose class a source holds, and None if there is none."""
        name = self.exceptions.parts.get(str(source))
        name = name or source.relative_to("src").with_suffix("").as_posix()
        paths = (f"include/paipa/{name}.hpp", f"src/{name}.hpp")
        return next((path for path in paths if (self.root / path).exists()), None)

    def check_classes(self):
        """Whether each source has its header, and no class is too long with all its sources."""
        files = {}
        for source in sorted(p.relative_to(self.root) for p in (self.root / "src").rglob("*.cpp")):
            header = self.header_of(source)
            if header is None:
                self.complain(source, 1, "mirror", "has no header of the same path; see PARTS")
            else:
                files.setdefault(header, []).append(str(source))
        for source in self.exceptions.parts:
            if not (self.root / source).exists():
                self.complain(source, 1, "mirror", "does not exist: take it off PARTS")
        for header, sources in files.items():
            name = re.sub(r"^(include/paipa|src)/|\.hpp$", "", header)
            texts = [(self.root / f).read_text(encoding="utf-8") for f in (header, *sources)]
            lines = sum(len(text.splitlines()) for text in texts)
            listed = self.exceptions.long_classes.get(name)
            if lines > (listed or MAX_CLASS_LINES):
                want = listed or MAX_CLASS_LINES
                self.complain(header, 1, "class-length", f"{lines} lines in all, want {want}")
            elif listed and lines <= MAX_CLASS_LINES:
                self.complain(header, 1, "class-length", "is short: take it off LONG_CLASSES")

    def exists(self, word):
        """Whether a path that a page names is there; `detail/...` is in include/paipa and src."""
        if not word.startswith("detail/"):
            return (self.root / word).exists()
        header, source = (self.root / folder / word for folder in ("include/paipa", "src"))
        if word.endswith((".hpp", ".cpp")):
            return header.exists() or source.exists()
        return header.is_dir() or (
            header.with_suffix(".hpp").exists() and source.with_suffix(".cpp").exists()
        )

    def check_pages(self):
        for page in sorted((self.root / "docs").rglob("*.md")):
            path = page.relative_to(self.root)
            lines = page.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines, 1):
                for word in PATH_IN_PAGE.findall(line):
                    if not self.exists(word):
                        self.complain(path, number, "path", f"{word} does not exist")
            if path.parent.name == "decisions" and not STATUS.match("\n".join(lines[1:4])):
                text = "want 'Accepted, <date>.' or 'Replaced by [...](...), <date>.' under the title"
                self.complain(path, 2, "decision", text)

    def check(self):
        for path in self.sources():
            self.check_source(path)
        self.check_pages()
        self.check_headers()
        self.check_rooms()
        self.check_classes()
        return self.found


GOOD = {
    "include/CMakeLists.txt": "paipa/detail/edge/edge.hpp paipa/detail/item/item.hpp "
    "paipa/paipa.hpp paipa/queue.hpp)\n",
    "include/paipa/paipa.hpp": "#ifndef PAIPA_PAIPA_HPP\n#define PAIPA_PAIPA_HPP\n"
    "#include <paipa/queue.hpp>\n#endif\n",
    "include/paipa/queue.hpp": "#ifndef PAIPA_QUEUE_HPP\n#define PAIPA_QUEUE_HPP\n#endif\n",
    "include/paipa/detail/edge/edge.hpp": "#ifndef PAIPA_DETAIL_EDGE_EDGE_HPP\n"
    "#define PAIPA_DETAIL_EDGE_EDGE_HPP\n#include <paipa/detail/item/item.hpp>\n"
    "#include <paipa/detail/support/any.hpp>\n#include <paipa/queue.hpp>\n#endif\n",
    "include/paipa/detail/item/item.hpp": "#ifndef PAIPA_DETAIL_ITEM_ITEM_HPP\n"
    "#define PAIPA_DETAIL_ITEM_ITEM_HPP\n#endif\n",
    "tests/unit/queue_test.cpp": "",
    "tests/unit/detail/edge/edge_test.cpp": "self().sleep_for(1s);\n",
    "src/platform/word.hpp": "",
    "src/platform/word.cpp": "std::condition_variable wake;\n" + "\n" * 300,
    "src/platform/word_linux.cpp": "",
    "src/queue.cpp": '// system_clock\nauto s = "usleep(1)";\nint n = 1\'000; /* timed_mutex\n*/\n',
    "src/detail/edge/edge.cpp": "[[nodiscard]] task f() { co_await g(a[1], [] { return 1; }); }\n"
    "for (int i : co_await x()) {\nco_yield [x] {};  // gcc12-ok: never destroyed\n"
    "// gcc12-ok: trivial\nco_yield point{1, 2};\n",
    "src/detail/kernel/kernel.hpp": "#include <paipa/detail/stage/output.hpp>\n",
    "src/detail/order/order.hpp": "#include <paipa/detail/run/run.hpp>\n",
    "src/detail/run/run.hpp": "\n" * 300,
    "docs/a.md": "`detail/edge/edge`, `detail/run/run.hpp`, `detail/edge`, `src/queue.cpp`, `src`,\n"
    "`src/<name>.cpp`, `a/b.md`\n",
    "docs/explanation/decisions/1.md": "# Title\n\nAccepted, 2026-11-30.\n\nText.\n",
    "src/detail/run/run_ends.cpp": "\n" * 390,
}
GOOD_EXCEPTIONS = Exceptions(
    allowed={"order/order": ("run/run", "a reason")},
    parts={
        "src/detail/run/run_ends.cpp": "detail/run/run",
        "src/platform/word_linux.cpp": "platform/word",
    },
    long_classes={"detail/run/run": 690},
    untested=["item/item"],
)
EDGE = "include/paipa/detail/edge/edge.hpp"
BAD = (
    ("wall-clock", "src/queue.cpp", "std::chrono::system_clock::now();\n"),
    ("lost-wake-up", "src/queue.cpp", "std::condition_variable_any c;\n"),
    ("lost-wake-up", "src/queue.cpp", "std::counting_semaphore<1> c;\n"),
    ("lost-wake-up", "src/queue.cpp", "std::timed_mutex c;\n"),
    ("fence", "src/queue.cpp", "std::atomic_thread_fence(std::memory_order_acquire);\n"),
    ("sleep", "src/queue.cpp", "std::this_thread::sleep_for(1s);\n"),
    ("sleep", "tests/unit/a.cpp", "usleep(10);\n"),
    ("gcc12", "src/queue.cpp", "co_await f([x] { return x; });\n"),
    ("gcc12", "tests/a.cpp", "co_yield item{1};\n"),
    ("gcc12", "src/queue.cpp", "co_await child({.a = 1});\n"),
    ("gcc12", "src/queue.cpp", "if (co_await f(item{})) {\n"),
    ("gcc12", "src/queue.cpp", "co_yield item{1};  // gcc12-ok:\n"),
    ("guard", "include/paipa/queue.hpp", "#ifndef QUEUE_HPP\n#define QUEUE_HPP\n#endif\n"),
    ("guard", "integrations/x/include/paipa/integrations/x.hpp", "#pragma once\n"),
    ("length", "tests/a.cpp", "\n" * 401),
    ("unlisted", "include/CMakeLists.txt", GOOD["include/CMakeLists.txt"].split(" ", 1)[1]),
    ("umbrella", "include/paipa/paipa.hpp", "#ifndef PAIPA_PAIPA_HPP\n#define PAIPA_PAIPA_HPP\n"),
    ("untested", "tests/unit/queue_test.cpp", None),
    ("untested", "tests/unit/detail/edge/edge_test.cpp", None),
    ("untested", "tests/unit/detail/item/item_test.cpp", ""),
    ("untested", "include/paipa/detail/item/item.hpp", None),
    ("room", EDGE, GOOD[EDGE] + "#include <paipa/detail/run/run.hpp>\n"),
    ("room", "src/detail/edge/a.hpp", "#include <paipa/detail/stage/output.hpp>\n"),
    ("room", "src/detail/kernel/kernel.hpp", "#include <paipa/detail/stage/stage.hpp>\n"),
    ("room", "src/detail/order/order.hpp", ""),
    ("room", "src/detail/order/order.hpp", None),
    ("room", "src/detail/attic/a.hpp", ""),
    ("room", "src/detail/a.hpp", ""),
    ("path", "docs/a.md", "see `src/gone.cpp`\n"),
    ("path", "docs/a.md", "see `detail/edge/gone.hpp`\n"),
    ("path", "docs/a.md", "see `detail/run/run`, which has no source of its name\n"),
    ("decision", "docs/explanation/decisions/1.md", "# Title\n\nText.\n"),
    ("decision", "docs/explanation/decisions/1.md", "# Title\n\nAccepted.\n\nText.\n"),
    ("mirror", "src/detail/edge/edge_rest.cpp", ""),
    ("mirror", "src/detail/order/queue.cpp", ""),
    ("mirror", "src/platform/word_linux.cpp", None),
    ("class-length", "src/platform/word_linux.cpp", "\n" * 300),
    ("class-length", "src/detail/run/run_ends.cpp", "\n" * 391),
    ("class-length", "src/detail/run/run_ends.cpp", "\n" * 300),
)


def findings_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
        return Tree(root, GOOD_EXCEPTIONS).check()


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
    found = self_test() if sys.argv[1:] else Tree(root, EXCEPTIONS).check()
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
