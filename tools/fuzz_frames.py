"""Read damaged functional groups for as long as one likes, and compare with pydicom's objects.

    python tools/fuzz_frames.py [--seconds 60] [--seed 0]

Functional groups in three encodings, with defined and undefined lengths, are damaged: bits
flipped, cut off, lengths replaced by lies, parts repeated.  Each column must end in an error of
iodkit's or in the values that pydicom gives; anything else, slowness included, is reported.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
import traceback
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from damaged_groups import check, damage, originals

SLOW_SECONDS = 2.0
MAX_MEMORY = 50_000_000


def attempt(value: bytes, implicit: bool, little: bool, *, weigh: bool) -> str:
    """Check one damaged value and how long it takes, or what memory."""
    start = time.process_time()
    if weigh:
        tracemalloc.start()
    try:
        outcome = check(value, implicit, little)
        peak = tracemalloc.get_traced_memory()[1] if weigh else 0
    finally:
        tracemalloc.stop()
    spent = time.process_time() - start
    assert weigh or spent < SLOW_SECONDS, f"took {spent:.1f} s"
    assert peak < MAX_MEMORY, f"took {peak} bytes"
    return outcome


def main() -> int:
    """Damage and read until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    rng = random.Random(arguments.seed)  # noqa: S311 - damage needs no secrecy
    made, outcomes, failures = originals(), Counter[str](), 0
    end = time.monotonic() + arguments.seconds
    while time.monotonic() < end:
        value, implicit, little = rng.choice(made)
        broken = damage(value, rng)
        try:
            outcomes[attempt(broken, implicit, little, weigh=not rng.randrange(50))] += 1
        except Exception:  # noqa: BLE001 - everything that gets here is a finding
            failures += 1
            print(f"implicit={implicit} little={little} value={broken.hex()}")
            traceback.print_exc()
            if failures > 20:
                break
    print(dict(outcomes), f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
