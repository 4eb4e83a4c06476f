"""Read the pixels of damaged images for as long as one likes.

    python tools/fuzz_images.py [--inputs 100000] [--seed 0]

Files of each way of storing pixels are damaged before and within their pixels.  Reading a frame,
stored and transformed, must end in pixels or in an error of iodkit's.  Work is done in processes of
their own, so that a decoder that crashes is seen, and with limited memory.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import random
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from damaged_images import attempt, damage, originals

SLOW_SECONDS = 5.0
MEMORY = 3 << 30
BATCH = 500


def run_batch(seed: int) -> dict[str, int]:
    """Damage and read some files; count how that ends."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rng = random.Random(seed)  # noqa: S311 - damage, not secrets
    names = sorted(originals())
    counts: Counter[str] = Counter()
    for _ in range(BATCH):
        name = rng.choice(names)
        start = time.perf_counter()
        result = attempt(damage(originals()[name], rng))
        slow = time.perf_counter() - start > SLOW_SECONDS
        counts[result if result in {"pixels", "error"} else f"{name}: {result}"] += 1
        if slow:
            counts[f"{name}: SLOW"] += 1
    return dict(counts)


def main() -> int:
    """Run all batches; the exit status is 1 if anything else than pixels and errors came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    batches = range(options.seed, options.seed + -(-options.inputs // BATCH))
    total: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    for seed in batches:
        with context.Pool(1) as pool:
            outcome = pool.apply_async(run_batch, (seed,))
            try:
                total.update(outcome.get(timeout=BATCH * SLOW_SECONDS))
            except multiprocessing.TimeoutError:
                total[f"seed {seed}: a decoder crashed or hangs"] += 1
    for result, count in total.most_common():
        print(f"{count:8d}  {result}")
    return int(set(total) > {"pixels", "error"})


if __name__ == "__main__":
    sys.exit(main())
