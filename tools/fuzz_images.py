"""Read the pixels of damaged images for as long as one likes.

    python tools/fuzz_images.py [--inputs 100000] [--seed 0] [--only NUMBER]

Files of each way of storing pixels are damaged before and within their pixels.  Reading a frame,
stored and transformed, must end in pixels or in an error of iodkit's.  Work is done in processes
of their own, so that a decoder that crashes is seen, and with limited memory.  Whatever else
happens is counted, with the number of the input: ``--only NUMBER`` reads that one again.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import random
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from damaged_images import LIMIT, attempt, damage, originals

SLOW_SECONDS = 5.0
ENDLESS_SECONDS = 30.0
MEMORY = 3 << 30
# By how much the peak of the process may grow with an input, whose frames may take `LIMIT`.
LARGE_GROWTH = 6 * LIMIT
BATCH = 1000


def make_input(number: int) -> tuple[str, bytes]:
    """Give the name of the original and the damaged file."""
    rng = random.Random(number)  # noqa: S311 - damage, not secrets
    name = rng.choice(sorted(originals()))
    return name, damage(originals()[name], rng)


def limit_process() -> None:
    """Prepare a process for damaged files."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _give_up)


def _give_up(*_: object) -> None:
    """End what takes no end; it counts as slow, whoever catches this."""
    raise TimeoutError("there is no end")


def run_batch(first: int, last: int, progress: str) -> Counter[str]:
    """Damage and read some files; count how that ends."""
    counts: Counter[str] = Counter()
    with Path(progress).open("w", buffering=1) as log:
        for number in range(first, last):
            log.seek(0)
            log.write(f"{number:12d}")
            log.flush()
            name, data = make_input(number)
            # CPU time: other programs must not make an input slow.
            start, before = time.process_time(), peak()
            signal.setitimer(signal.ITIMER_PROF, ENDLESS_SECONDS)
            result = attempt(data)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if result not in {"pixels", "error"}:
                result = f"{name} (input {number}): {result}"
            counts[result] += 1
            if time.process_time() - start > SLOW_SECONDS:
                counts[f"{name} (input {number}): SLOW"] += 1
            if peak() - before > LARGE_GROWTH:
                counts[f"{name} (input {number}): {(peak() - before) >> 20} MB"] += 1
    return counts


def peak(of: int = resource.RUSAGE_SELF) -> int:
    """Give the most memory that a process has had, in bytes."""
    return resource.getrusage(of).ru_maxrss << 10


def run(first: int, last: int) -> Counter[str]:
    """Run all inputs, each batch in a process of its own; go on behind one that kills it."""
    total: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    progress = Path(f"/tmp/fuzz_images_{first}.progress")  # noqa: S108 - not secret
    while first < last:
        end = min(first + BATCH, last)
        with ProcessPoolExecutor(1, context, limit_process) as pool:
            task = pool.submit(run_batch, first, end, str(progress))
            try:
                total.update(task.result(timeout=BATCH * SLOW_SECONDS))
            except (BrokenProcessPool, TimeoutError, MemoryError) as error:
                end = int(progress.read_text()) + 1
                total[f"{make_input(end - 1)[0]} (input {end - 1}): {type(error).__name__}"] += 1
                total["lost with the process, not counted"] += end - 1 - first
                for process in pool._processes.values():  # noqa: SLF001  # no public way
                    process.kill()
        first = end
        print(f"{first}: {dict(total)}", flush=True)
    progress.unlink(missing_ok=True)
    return total


def main() -> int:
    """Run all batches; the exit status is 1 if anything else than pixels and errors came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    if options.only is not None:
        name, data = make_input(options.only)
        print(name, attempt(data))
        return 0
    total = run(options.seed, options.seed + options.inputs)
    for result, count in total.most_common():
        print(f"{count:8d}  {result}")
    print(f"{peak(resource.RUSAGE_CHILDREN) >> 20:8d}  MB at most in a process")
    return int(not set(total) <= {"pixels", "error"})


if __name__ == "__main__":
    sys.exit(main())
