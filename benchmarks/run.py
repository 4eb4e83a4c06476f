"""Measure ours beside highdicom, interleaved, and print ratios, peak memory and bytes read.

Usage: python -m benchmarks.run [PART OF A NAME] [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rows import rows

if TYPE_CHECKING:
    from benchmarks.row import Row

SIDES = ("ours", "highdicom")

# Makes the C library return freed memory at once: large blocks are mapped one by one, and the
# limit for them does not grow, as it does by default, with the first that is freed.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


def once(row: Row, side: str) -> float:
    """CPU seconds of one run, children included, without the making of its input."""
    job = row.prepare()
    gc.collect()
    before = sum(resource_times())
    result = getattr(row, side)(job)
    seconds = sum(resource_times()) - before
    del result
    return seconds


def resource_times() -> tuple[float, float]:
    """CPU seconds of this process and of its children so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children.ru_utime + children.ru_stime


def measure(row: Row, rounds: int) -> dict[str, list[float]]:
    """Run both sides in turn, after one run of each that does not count."""
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    for number in range(rounds + 1):
        for side in SIDES:
            seconds = once(row, side)
            if number:
                times[side].append(seconds)
    return times


def needs(row: Row, side: str) -> tuple[int | None, int | None]:
    """What a run needs, in a new process.

    Megabytes that it adds to what imports and input take, and kilobytes that it reads from files
    when it is not the first run, which reads modules.
    """
    if side in row.in_children:
        return None, None
    command = [sys.executable, "-m", "benchmarks.run", "--memory", side, row.name]
    environment = os.environ | GIVE_BACK
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    memory, read = map(int, done.stdout.split())
    return memory, read


def print_needs(name: str, side: str) -> None:
    """Print the peak of one run in megabytes, and the kilobytes that another one reads."""
    row = next(row for row in rows() if row.name == name)
    __import__("iodkit" if side == "ours" else "highdicom")
    job = row.prepare()
    # What the input has left behind unused would otherwise hide what the run takes.
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = _status("VmRSS")
    result = getattr(row, side)(job)
    peak = round((_status("VmHWM") - before) / 1024)
    del result
    job, before = row.prepare(), _bytes_read()
    getattr(row, side)(job)
    print(peak, round((_bytes_read() - before) / 1024))


def _bytes_read() -> int:
    """Bytes that this process has read from files so far, from the disk or not."""
    return int(Path("/proc/self/io").read_text().split()[1])


def _status(name: str) -> int:
    """Kilobytes of this process, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only rows with this in their name")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--memory", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        print_needs(" ".join(options.names), options.memory)
        return
    wanted = " ".join(options.names)
    results: list[dict[str, Any]] = []
    head = f"{'row':42} {'highdicom':>10} {'ours':>10} {'ratio':>7} {'target':>7}  {'peak MB':>12}"
    head += f"  {'read kB':>15}"
    print(head)
    for row in rows():
        if wanted not in row.name:
            continue
        times = {side: statistics.median(t) for side, t in measure(row, options.rounds).items()}
        memory, read = zip(*(needs(row, side) for side in SIDES[::-1]), strict=True)
        ratio = times["highdicom"] / max(times["ours"], 1e-9)
        peaks, reads = (" / ".join("-" if n is None else str(n) for n in x) for x in (memory, read))
        print(
            f"{row.name:42} {times['highdicom']:>9.3f}s {times['ours']:>9.4f}s "
            f"{ratio:>6.1f}x {row.target:>6g}x  {peaks:>12}  {reads:>15}",
            flush=True,
        )
        found = {"name": row.name, "seconds": times, "ratio": ratio}
        found["peak_mb"] = dict(zip(SIDES[::-1], memory, strict=True))
        found["read_kb"] = dict(zip(SIDES[::-1], read, strict=True))
        results.append(found)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
