"""What bench/fetch_peers measured, judged and told as a section of the page; a part of it."""

import statistics

import bench_tables as tables

WANTED_RATIO = 1.3
PROGRAM_MIB = 64  # what paipa-fetch takes besides bodies: code, threads, connections, SQLite's cache
SLOW_FILE = 100e-6  # seconds for a new file; 35 us are usual
MIB = 1 << 20


def judged(job, found):
    """Each target as text, what was got, as text, and whether that is enough."""
    if job.name == "small":
        curls = [who for who in found if who.startswith("curl")]
        curl = min(curls, key=lambda who: tables.median(found, who, "time"))
        ratio = tables.median(found, curl, "time") / tables.median(found, "paipa-fetch", "time")
        want = f"paipa-fetch: files/s >= {WANTED_RATIO} x {curl}"
        yield want, f"{ratio:.3g} x", ratio >= WANTED_RATIO
    limit = PROGRAM_MIB + job.bodies * job.max_bytes / MIB
    peak = max(found["paipa-fetch"]["peak_mib"])
    size = f"{job.max_bytes // MIB} MiB" if job.max_bytes >= MIB else f"{job.max_bytes // 1024} KiB"
    want = f"paipa-fetch: peak memory <= {job.bodies} x {size} + {PROGRAM_MIB} MiB"
    yield want, tables.quantity(peak, "MiB"), peak <= limit


def measured_row(job, who, figures):
    seconds = statistics.median(figures["time"])
    rate = len(job.sizes) / seconds
    return tables.row(
        [
            who,
            tables.cell(figures["time"], "time"),
            f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}",
            f"{job.bytes / 1e6 / seconds:.0f}",
            tables.cell(figures["cpu_s"], "cpu_s"),
            tables.cell(figures["peak_mib"], "peak_mib"),
        ]
    )


def told(job, found, others):
    """One job as lines of Markdown; `others` is what other programs used of the machine."""
    heads = ["", "time", "files/s", "MB/s", "processor", "peak memory"]
    return [
        f"### {job.title}",
        "",
        f"{job.bytes / 1e6:,.0f} MB in all. Meanwhile other programs used {others:.0f} % of the processors.",
        "",
        tables.row(heads),
        tables.row(["---"] * len(heads)),
        *(measured_row(job, who, figures) for who, figures in found.items()),
        "",
        tables.row(["target", "got", ""]),
        tables.row(["---"] * 3),
        *(tables.row([w, g, "met" if met else "**missed**"]) for w, g, met in judged(job, found)),
        "",
        "```sh",
        *job.commands.values(),
        "```",
        "",
    ]


INTRODUCTION = f"""{tables.PEERS}

This section is written by `./bench/fetch_peers --write-docs`, which installs what it needs;
`./bench/fetch_peers --check` fails when a target is missed, and `--help` tells the rest.

Each program fetched the same URLs from one nginx on the same machine, into an empty folder, in rotated
order, and what it had stored was checked. Without a network between them, this compares what the
programs themselves cost. curl and wget write one file for each URL and leave it to Linux when that
reaches the disk; aria2c does so too, but waits for the disk after each file; paipa-fetch writes one
SQLite database, which waits for the disk at every checkpoint. wget has one connection and fetches one
file after the other.

Times are medians; the lowest and the highest round stand behind them. *Processor* is that of the
program, without nginx. paipa-fetch holds at most 2 x threads + 3 x batch bodies of `--max-bytes` at
once; its target for memory adds {PROGRAM_MIB} MiB for the rest of the program. Below each table is how
the programs were told to do it: `urls` has one URL a line, `curl.txt` the same for curl.
"""


def slowness(cost):
    """What is wrong with what a new file costs, if anything."""
    if cost <= SLOW_FILE:
        return ""
    want, got = tables.quantity(SLOW_FILE, "s"), tables.quantity(cost, "s")
    return f"new files: want at most {want} for one, got {got}; were many deleted lately? See --help"
