"""Compares paipa-fetch with curl, wget and aria2c, and prints tables of what that took.

Builds the release preset's paipa-fetch, makes files in a temporary folder, serves them with an nginx of
its own on the loopback interface, and lets every program fetch them all, in rotated order. After
each run it checks that every file is stored, with its size.

Where many files were deleted, Linux may make new ones slowly for minutes (ext4 without a journal
does), which hurts whoever stores many files. So the small files stay until the last program is done;
what a new file costs is measured first, and a second comparison should wait for six minutes, or go to
another file system.
"""

import argparse
import contextlib
import dataclasses
import http.client
import io
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import bench_machine as machine  # noqa: E402
import bench_tables as tables  # noqa: E402
import fetch_peers_page as page  # noqa: E402

PRESET = "release"
PROGRAM = ROOT / f"build/{PRESET}/examples/fetch/paipa-fetch"
PAGE = ROOT / "docs/reference/benchmarks.md"
DATABASE = "pages.db"
MIB = 1 << 20
ROUNDS = 5
SERVER = """\
daemon off;
{user}
pid nginx.pid;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{ listen 127.0.0.1:{port}; root files; }}
}}
"""


@dataclasses.dataclass(frozen=True)
class Job:
    """Files to fetch, and how each program is told to do it."""

    name: str
    title: str
    sizes: tuple  # of the files, in bytes
    same: bool  # one file under many names
    kept: bool  # what was fetched stays until the last run
    bodies: int  # that paipa-fetch holds at once: 2 x threads + 3 x batch, as its README says
    max_bytes: int  # of such a body
    commands: dict  # {program: command}; "urls" is a file with one URL a line, "curl.txt" is curl's

    @property
    def bytes(self):
        return sum(self.sizes)

    def files(self):
        return {f"{number:05}": size for number, size in enumerate(self.sizes)}


def jobs(chosen):
    paipa = f"paipa-fetch --quiet --database {DATABASE}"
    curl = (
        "curl --disable --fail --silent --show-error --no-progress-meter --remote-name-all"
        " --config curl.txt --parallel"
    )
    wget = "wget --no-config --quiet --input-file=urls"
    aria2c = (  # would write and remove a file of its own beside each file that it fetches
        "aria2c --no-conf --quiet --auto-save-interval=0 --split=1 --max-connection-per-server=1"
        " --input-file=urls"
    )
    count = 1_000 if chosen.quick else 10_000
    sizes = random.Random(1)
    yield Job(
        name="small",
        title=f"{count:,} files of 1 to 12 KB",
        sizes=tuple(sizes.randint(1_000, 12_000) for _ in range(count)),
        same=False,
        kept=True,
        bodies=2 * 32 + 3 * 64,
        max_bytes=16 * 1024,
        commands={
            "paipa-fetch": f"{paipa} --threads 32 --max-bytes 16KB urls",
            "curl": f"{curl} --parallel-max 32",
            "curl --parallel-immediate": f"{curl} --parallel-max 32 --parallel-immediate",
            "wget": wget,
            "aria2c": f"{aria2c} --max-concurrent-downloads=32",
        },
    )
    if chosen.quick or chosen.small_only:
        return
    yield Job(
        name="big",
        title="20 files of 100 MB",
        sizes=(100_000_000,) * 20,
        same=True,
        kept=False,
        bodies=2 * 4 + 3 * 1,
        max_bytes=128 * MIB,
        commands={
            "paipa-fetch": f"{paipa} --threads 4 --batch 1 --max-bytes 128MB --timeout 600 urls",
            "curl": f"{curl} --parallel-max 4",
            "wget": wget,
            "aria2c": f"{aria2c} --max-concurrent-downloads=4",
        },
    )


def fail(text):
    sys.exit(f"bench/fetch_peers: {text}")


def build():
    os.environ.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(len(os.sched_getaffinity(0))))
    for command in (
        ["cmake", "--preset", PRESET],
        ["cmake", "--build", "--preset", PRESET, "--target", "paipa_fetch"],
    ):
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode != 0:
            fail(f"failed: {' '.join(command)}")


# Serving
def make_files(job, folder):
    """Files that do not compress; the same ones every time."""
    folder.mkdir(parents=True)
    contents = random.Random(2)
    first = None
    for name, size in job.files().items():
        if job.same and first:
            os.link(first, folder / name)
            continue
        first = folder / name
        with open(first, "wb") as file:
            for begin in range(0, size, MIB):
                file.write(contents.randbytes(min(MIB, size - begin)))


def free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def answers(port, name, size):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("HEAD", f"/{name}")
        answer = connection.getresponse()
        return answer.status == 200 and int(answer.getheader("Content-Length", "0")) == size
    finally:
        connection.close()


@contextlib.contextmanager
def served(job, folder):
    """The port of an nginx that serves the job's files."""
    make_files(job, folder / "files")
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # else as whoever runs this, or nobody
    (folder / "nginx.conf").write_text(SERVER.format(user=user, port=port), encoding="utf-8")
    log = folder / "nginx.log"
    command = ["nginx", "-e", "stderr", "-p", folder, "-c", "nginx.conf"]
    with open(log, "wb") as messages:  # and it ends with this program, whatever ends that
        server = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stderr=messages)
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                if answers(port, *next(iter(job.files().items()))):
                    break
            if server.poll() is not None or time.monotonic() > deadline:
                fail(f"nginx does not serve its files:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.02)
        yield port
    finally:
        server.terminate()
        server.wait()


# Fetching
def stored(folder):
    """What a program stored there, as {name: size}."""
    database = folder / DATABASE
    if not database.exists():
        return {entry.name: entry.stat().st_size for entry in os.scandir(folder)}
    with contextlib.closing(sqlite3.connect(database)) as pages:
        rows = pages.execute("SELECT url, length(body) FROM pages")
        return {url.rsplit("/", 1)[1]: size for url, size in rows}


def difference(want, got):
    """What is wrong with what a program stored; nothing, if that is what was wanted."""
    if want == got:
        return ""
    return (
        f"want {len(want)} files of {sum(want.values())} bytes,"
        f" got {len(got)} of {sum(got.values())};"
        f" {len(want.items() - got.items())} are missing or have another size"
    )


def words(command, lists):
    """The command as it runs in an output folder."""
    places = {"paipa-fetch": PROGRAM, "urls": lists / "urls", "curl.txt": lists / "curl.txt"}
    for word in command.split():
        name, equals, value = word.rpartition("=")
        yield f"{name}{equals}{places.get(value, value)}"


def fetch(command, folder, log):
    """Runs a program in an empty folder; returns what that took."""
    # A child's peak of memory begins with that of the process it is forked from: GNU time is small.
    peak = log.with_suffix(".peak")
    environment = {n: v for n, v in os.environ.items() if not n.lower().endswith("_proxy")}
    os.sync()  # what was written before is no business of this run
    with open(log, "wb") as said:
        began = time.monotonic()
        child = subprocess.Popen(
            ["time", "--format=%M", f"--output={peak}", *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            _, status, use = os.wait4(child.pid, 0)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        took = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        told = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        fail(f"status {child.returncode} of {' '.join(command)}\n{told}")
    return {
        "time": took,
        "cpu_s": use.ru_utime + use.ru_stime,
        "peak_mib": int(peak.read_text(encoding="ascii").split()[-1]) / 1024,
    }


def rotated(items, round_number):
    begin = round_number % len(items)
    return items[begin:] + items[:begin]


def measure(job, rounds, folder):
    """Fetches everything with every program; as {program: {figure: [one value a round]}}."""
    found = {program: {} for program in job.commands}
    with served(job, folder) as port:
        urls = [f"http://127.0.0.1:{port}/{name}" for name in job.files()]
        (folder / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="ascii")
        (folder / "curl.txt").write_text("".join(f'url = "{url}"\n' for url in urls), encoding="ascii")
        for number in range(rounds):
            for place, program in enumerate(rotated(list(job.commands), number)):
                print(f"== {job.title}, round {number + 1}: {program}", file=sys.stderr, flush=True)
                output = folder / "fetched" / f"{number}-{place}"
                output.mkdir(parents=True)
                command = list(words(job.commands[program], folder))
                figures = fetch(command, output, folder / "said.txt")
                if wrong := difference(job.files(), stored(output)):
                    fail(f"{program}: {wrong}")
                if not job.kept:
                    shutil.rmtree(output)
                for figure, value in figures.items():
                    found[program].setdefault(figure, []).append(value)
    return found


def check_space(jobs_to_do, rounds, folder):
    want = 0
    for job in jobs_to_do:
        copies = rounds * len(job.commands) if job.kept else 1
        made = job.sizes[0] if job.same else job.bytes
        want = max(want, made + int(1.3 * copies * job.bytes))  # a database is larger than its bodies
    free = shutil.disk_usage(folder).free
    if free < want:
        fail(f"{folder}: want {want / 1e9:.1f} GB of free space, got {free / 1e9:.1f} GB (see --folder)")


def cost_of_a_file(folder):
    """Seconds for a new file of 6 KB. The files stay, so that they do not slow down the next ones."""
    folder.mkdir()
    count, contents = 1_000, bytes(6_000)
    began = time.monotonic()
    for number in range(count):
        with open(folder / str(number), "wb") as file:
            file.write(contents)
    return (time.monotonic() - began) / count


# Telling
def version(*command):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found[0] if found else "unknown"


def conditions(rounds, folder, cost):
    programs = {
        "curl": version("curl", "--version"),
        "wget": version("wget", "--version"),
        "aria2c": version("aria2c", "--version"),
        "nginx": version("nginx", "-v"),
    }
    kind = machine.output_of("findmnt", "-f", "-n", "-o", "FSTYPE", "-T", folder)
    return {
        **machine.where(ROOT, "include", "src", "examples/fetch", "bench", "tools"),
        "file system": f"{kind}; a new file of 6 KB takes {tables.quantity(cost, 's')}",
        "programs": ", ".join(
            [machine.output_of(PROGRAM, "--version"), *(f"{n} {v}" for n, v in programs.items())]
        ),
        "rounds": rounds,
    }


# Testing
def complaint_about(given):
    """What is said to wrong arguments."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        arguments(given)
    return said.getvalue()


def stored_in_scratch():
    """What is found of a file of 3 bytes, and of a page of 2 bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "00000").write_bytes(b"123")
        yield stored(folder)
        with contextlib.closing(sqlite3.connect(folder / DATABASE)) as pages:
            pages.execute("CREATE TABLE pages(url, body)")
            pages.execute("INSERT INTO pages VALUES('http://127.0.0.1:1/00001', x'0102')")
            pages.commit()
        yield stored(folder)


def self_test():
    small, big = jobs(arguments([]))
    (quick,) = jobs(arguments(["--quick"]))
    took = {
        "paipa-fetch": {"time": [2.0, 1.0, 3.0], "cpu_s": [0.5], "peak_mib": [30.0]},
        "curl": {"time": [3.0], "cpu_s": [1.0], "peak_mib": [9.0]},
        "curl --parallel-immediate": {"time": [2.5], "cpu_s": [1.0], "peak_mib": [9.0]},
    }
    lines = page.told(small, took, 3)
    a_file, a_page = stored_in_scratch()
    here = pathlib.Path("/lists")
    heading = f"{tables.PEERS}\n"
    cases = [
        (len(small.sizes), 10_000),
        (quick.sizes, small.sizes[:1_000]),
        (big.bytes, 2_000_000_000),
        (list(small.files())[:2], ["00000", "00001"]),
        (rotated(["a", "b", "c"], 4), ["b", "c", "a"]),
        (list(words("wget -q --input-file=urls", here)), ["wget", "-q", "--input-file=/lists/urls"]),
        (list(words("paipa-fetch urls", here)), [str(PROGRAM), "/lists/urls"]),
        (a_file, {"00000": 3}),
        (a_page, {"00001": 2}),
        (difference({"a": 1}, {"a": 1}), ""),
        (
            difference({"a": 1, "b": 2}, {"a": 2}),
            "want 2 files of 3 bytes, got 1 of 2; 2 are missing or have another size",
        ),
        (lines[2], "65 MB in all. Meanwhile other programs used 3 % of the processors."),
        (lines[6], "| paipa-fetch | 2.00 s (1.00 s to 3.00 s) | 5,000 | 33 | 500 ms | 30 MiB |"),
        (
            lines[12:14],
            [
                "| paipa-fetch: files/s >= 1.3 x curl --parallel-immediate | 1.25 x | **missed** |",
                "| paipa-fetch: peak memory <= 256 x 16 KiB + 64 MiB | 30 MiB | met |",
            ],
        ),
        (tables.with_peers("a\n", ""), "a\n"),
        (tables.with_peers("a\n", f"{heading}b\n"), f"a\n\n{heading}b\n"),
        (tables.with_peers(f"a\n\n{heading}b\n", f"{heading}c\n"), f"a\n\n{heading}c\n"),
        (tables.peers_of(f"a\n\n{heading}b\n"), f"{heading}b\n"),
        (page.slowness(35e-6), ""),
        (
            page.slowness(4e-4),
            "new files: want at most 100 us for one, got 400 us; were many deleted lately? See --help",
        ),
    ]
    wrong = [f"want {want!r}, got {got!r}" for got, want in cases if got != want]
    for given, part in (
        (["--rounds", "0"], "--rounds: want at least 1, got 0"),
        (["--quick", "--write-docs"], "--write-docs: want all files, got --quick or --small-only"),
        (["--folder", "/dev/null"], "--folder: want a folder, got /dev/null"),
    ):
        if part not in (got := complaint_about(given)):
            wrong.append(f"{given}: want '{part}', got '{got}'")
    return wrong


def arguments(given):
    parser = argparse.ArgumentParser(
        prog="bench/fetch_peers", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--check", action="store_true", help="fail when a target is missed")
    add("--write-docs", action="store_true", help=f"write the last section of {PAGE.relative_to(ROOT)}")
    add("--rounds", type=int, help=f"how often each program fetches everything; {ROUNDS}, with --quick 1")
    add("--small-only", action="store_true", help="leave the big files out")
    add("--quick", action="store_true", help="1,000 small files, no big ones")
    add(
        "--folder",
        type=pathlib.Path,
        default=pathlib.Path(tempfile.gettempdir()),
        help="where to make the temporary folder; TMPDIR, or /tmp",
    )
    add("--self-test", action="store_true", help="test this tool; builds and measures nothing")
    chosen = parser.parse_args(given)
    chosen.rounds = (1 if chosen.quick else ROUNDS) if chosen.rounds is None else chosen.rounds
    if chosen.rounds < 1:
        parser.error(f"--rounds: want at least 1, got {chosen.rounds}")
    if chosen.write_docs and (chosen.quick or chosen.small_only):
        parser.error("--write-docs: want all files, got --quick or --small-only")
    if not chosen.folder.is_dir():
        parser.error(f"--folder: want a folder, got {chosen.folder}")
    return chosen


def compare(chosen):
    """The tables as Markdown, and which targets were missed."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="fetch_peers.", dir=chosen.folder.resolve()) as name:
        folder = pathlib.Path(name)
        check_space(list(jobs(chosen)), chosen.rounds, folder)
        cost = cost_of_a_file(folder / "probe")
        missed = [wrong] if (wrong := page.slowness(cost)) else []
        print("\n".join(missed), file=sys.stderr, end="\n" if missed else "")
        where = conditions(chosen.rounds, folder, cost)
        for job in jobs(chosen):
            began = machine.moment()
            found = measure(job, chosen.rounds, folder / job.name)
            lines += page.told(job, found, machine.share_of_others(began))
            missed += [f"want {want}, got {got}" for want, got, met in page.judged(job, found) if not met]
            print("== removing what was fetched", file=sys.stderr, flush=True)
            shutil.rmtree(folder / job.name)
    head = [page.INTRODUCTION, *(f"- {key}: {value}" for key, value in where.items()), ""]
    return "\n".join(head + lines), missed


def main():
    chosen = arguments(sys.argv[1:])
    if chosen.self_test:
        wrong = self_test()
        print("\n".join(wrong), end="\n" if wrong else "")
        sys.exit(1 if wrong else 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.environ["PATH"] += ":/usr/sbin"  # where Debian has nginx
    build()
    text, missed = compare(chosen)
    if chosen.write_docs:
        PAGE.write_text(tables.with_peers(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    for complaint in missed:
        print(f"bench/fetch_peers: {complaint}", file=sys.stderr)
    sys.exit(1 if missed and chosen.check else 0)


main()
