"""Read damaged functional groups for as long as one likes, and compare with pydicom's objects.

    python tools/fuzz_frames.py [--inputs 2000 | --seconds 60] [--seed 0]

Functional groups, shared and per frame, in three encodings, with defined and undefined lengths,
are damaged: bits flipped, cut off, lengths replaced by lies, parts repeated or taken out, deep
nests put in.  Each column must end in an error of
iodkit's or in the values that pydicom gives; anything else, slowness included, is reported.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import resource
import sys
import time
import traceback
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from damaged_groups import Groups, check, originals

SLOW_SECONDS = 2.0
MAX_MEMORY = 50_000_000
# Few are read one by one, many in bulk; no more than that takes, for pydicom takes them all apart.
FEW, MANY = 3, 14


def attempt(groups: Groups, *, weigh: bool) -> str:
    """Check damaged groups and how long it takes, or what memory."""
    start = time.process_time()
    if weigh:
        tracemalloc.start()
    try:
        outcome = check(groups)
        peak = tracemalloc.get_traced_memory()[1] if weigh else 0
    finally:
        tracemalloc.stop()
    spent = time.process_time() - start
    assert weigh or spent < SLOW_SECONDS, f"took {spent:.1f} s"
    assert peak < MAX_MEMORY, f"took {peak} bytes"
    return outcome


def main() -> int:
    """Damage and read as many as wanted, or until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000, help="how many to damage and read")
    parser.add_argument("--seconds", type=float, help="instead of a number, how long to go on")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    rng = random.Random(arguments.seed)  # noqa: S311 - damage needs no secrecy
    made, outcomes, failures = [*originals(FEW), *originals(MANY)], Counter[str](), 0
    start, seconds = time.monotonic(), 0.0
    for number in itertools.count():
        seconds = time.monotonic() - start
        if number >= arguments.inputs if arguments.seconds is None else seconds > arguments.seconds:
            break
        broken = rng.choice(made).damaged(rng)
        try:
            outcomes[attempt(broken, weigh=not rng.randrange(50))] += 1
        except Exception:  # noqa: BLE001 - everything that gets here is a finding
            failures += 1
            print(broken)
            traceback.print_exc()
            if failures > 20:
                break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{sum(outcomes.values()) + failures} inputs in {seconds:.0f} s, {peak} MB at most:")
    print(dict(outcomes), f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
