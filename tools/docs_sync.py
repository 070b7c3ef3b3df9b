#!/usr/bin/env python3
"""Copies tagged regions of sources into the code blocks of README.md and docs/.

A page has a comment before a fenced block:

    <!-- snippet: examples/hello.cpp#tag -->
    ```cpp
    ```

The block becomes what stands between the lines `// [tag]` and `// [/tag]` of that file, dedented and
without tag lines; without `#tag`, the whole file. `--check` changes nothing and fails when a page
differs. In docs/tutorial a C++ block without a snippet is an error. `--self-test` tests this tool.
"""

import pathlib
import re
import sys
import tempfile
import textwrap

MARKER = re.compile(r"^<!-- snippet: (?P<path>[^\s#]+)(#(?P<tag>\w+))? -->$")
ANY_MARKER = re.compile(r"^\s*<!--\s*snippet\b")
FENCE = re.compile(r"^```(?P<language>\S*)")
TAG_LINE = re.compile(r"^\s*(//|#) \[/?\w+\]$")


class PageError(Exception):
    pass


def snippet(root, path, tag):
    source = root / path
    if not source.is_file():
        raise PageError(f"no such file: {path}")
    lines = source.read_text(encoding="utf-8").splitlines()
    if tag:
        places = [
            [n for n, line in enumerate(lines) if re.fullmatch(rf"\s*(//|#) \[{mark}{tag}\]", line)]
            for mark in ("", "/")
        ]
        if [len(place) for place in places] != [1, 1] or places[0] > places[1]:
            raise PageError(f"{path}: want one '[{tag}]' line and then one '[/{tag}]' line")
        lines = lines[places[0][0] + 1 : places[1][0]]
    lines = [line for line in lines if not TAG_LINE.match(line)]
    return textwrap.dedent("\n".join(lines)).strip("\n").splitlines()


def synced(root, name, text):
    """The page's text with every tagged block filled in."""
    lines, result, number, marker = text.splitlines(), [], 0, None
    while number < len(lines):
        line = lines[number]
        number += 1
        result.append(line)
        fence = FENCE.match(line)
        if fence:
            try:
                end = lines.index("```", number)
            except ValueError:
                raise PageError(f"line {number}: the block does not end") from None
            body = lines[number:end]
            if marker:
                body = snippet(root, marker["path"], marker["tag"])
            elif name.startswith("docs/tutorial/") and fence["language"] in ("cpp", "c++", "cc"):
                raise PageError(f"line {number}: a C++ block needs a snippet comment before it")
            result += [*body, "```"]
            number, marker = end + 1, None
        elif marker and line.strip():
            raise PageError(f"line {number}: want a block after the snippet comment")
        elif ANY_MARKER.match(line):
            marker = MARKER.match(line)
            if not marker:
                raise PageError(f"line {number}: want '<!-- snippet: path#tag -->', got '{line}'")
    if marker:
        raise PageError("the page ends after a snippet comment, want a block")
    return "\n".join(result) + "\n"


def sync(root, check):
    """Brings all pages up to date, or only checks them; returns what is wrong."""
    wrong = []
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        if not page.exists():
            continue
        name = page.relative_to(root).as_posix()
        text = page.read_text(encoding="utf-8")
        try:
            new = synced(root, name, text)
        except PageError as error:
            wrong.append(f"{name}: {error}")
            continue
        if new != text and check:
            wrong.append(f"{name}: differs from its sources; run tools/docs_sync.py")
        elif new != text:
            page.write_text(new, encoding="utf-8")
    return wrong


def self_test():
    source = "int main() {\n    // [a]\n    f();\n    // [b]\n    // [/b]\n\n    g();\n    // [/a]\n}\n"
    stale = "x\n<!-- snippet: e.cpp#a -->\n```cpp\nold\n```\ny\n"
    fresh = stale.replace("old", "f();\n\ng();")
    cases = (  # page, its text, part of the complaint of --check
        ("README.md", fresh, None),
        ("README.md", "```cpp\nint i;\n```\n", None),
        ("docs/tutorial/a.md", "```sh\nls\n```\n", None),
        ("docs/a.md", stale, "differs from its sources"),
        ("docs/a.md", stale.replace("#a", "#c"), "want one '[c]' line"),
        ("docs/a.md", stale.replace("e.cpp", "f.cpp"), "no such file: f.cpp"),
        ("docs/a.md", stale.replace("snippet:", "snippet"), "want '<!-- snippet: path#tag -->'"),
        ("docs/a.md", "<!-- snippet: e.cpp#a -->\ntext\n", "want a block after"),
        ("docs/a.md", "<!-- snippet: e.cpp#a -->\n", "the page ends after"),
        ("docs/a.md", "```cpp\n", "does not end"),
        ("docs/tutorial/a.md", "```cpp\nint i;\n```\n", "needs a snippet comment"),
    )
    wrong = []
    for name, text, complaint in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            page = root / name
            page.parent.mkdir(parents=True, exist_ok=True)
            (root / "e.cpp").write_text(source, encoding="utf-8")
            page.write_text(text, encoding="utf-8")
            got = sync(root, check=True)
            if len(got) != (complaint is not None) or (complaint and complaint not in got[0]):
                wrong.append(f"{name} with {text!r}: want {complaint!r}, got {got}")
            if text == stale:
                sync(root, check=False)
                if page.read_text(encoding="utf-8") != fresh:
                    wrong.append(f"want {fresh!r}, got {page.read_text(encoding='utf-8')!r}")
    return wrong


def main():
    if sys.argv[1:] not in ([], ["--check"], ["--self-test"]):
        sys.exit("tools/docs_sync.py: want no argument, --check or --self-test")
    root = pathlib.Path(__file__).resolve().parent.parent
    wrong = self_test() if "--self-test" in sys.argv else sync(root, "--check" in sys.argv)
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


main()
