"""Read damaged files for as long as one likes, and compare with what pydicom makes of them.

    python tools/fuzz_reader.py [--seconds 60] [--seed 0] [--keep FOLDER]

Each file of pydicom's test data that is small enough is damaged: bits flipped, cut off, lengths
replaced by lies, parts repeated.  Reading must end in an error of iodkit's, or in the dataset that
pydicom gives; anything else, slowness included, is reported, and kept in a folder if one is named.
"""

from __future__ import annotations

import argparse
import io
import logging
import random
import struct
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom.data
from pydicom import dcmread

from iodkit.errors import IodkitError
from iodkit.io import read_dataset

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MAX_SIZE = 200_000
SLOW_SECONDS = 5.0
LIES = (0, 1, 7, 8, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def damage(data: bytes, rng: random.Random) -> bytes:
    """Damage a file in one to three places, more often near its start."""
    broken = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        limit = rng.choice((min(len(broken), 2000), len(broken)))
        place = rng.randrange(128, max(limit, 129))
        kind = rng.randrange(5)
        if kind == 0:
            broken[min(place, len(broken) - 1)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del broken[max(place, 200) :]
        elif kind == 2:
            broken[place : place + 4] = struct.pack("<I", rng.choice(LIES))
        elif kind == 3:
            broken[place : place + 2] = struct.pack("<H", rng.choice(LIES) & 0xFFFF)
        else:
            part = broken[place : place + rng.randrange(1, 64)]
            broken[place:place] = part
    return bytes(broken)


def describe(dataset: Dataset) -> object:
    """Decode everything, and give it in a form that can be compared."""
    elements: list[object] = []
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
            value = element.value
            if element.VR == "SQ":
                elements.append((int(tag), "SQ", [describe(item) for item in value]))
            else:
                elements.append((int(tag), element.VR, repr(value)))
        except Exception as error:  # noqa: BLE001 - pydicom raises whatever it comes across
            elements.append((int(tag), type(error).__name__))
    return elements


def outcome(data: bytes) -> str:
    """Tell how reading ends: ``"error"``, ``"equal"``, ``"pydicom fails"``, or what is wrong."""
    start = time.perf_counter()
    try:
        ours = read_dataset(data)
    except IodkitError:
        return "error" if time.perf_counter() - start < SLOW_SECONDS else "SLOW"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"FOREIGN ERROR {type(error).__name__}: {error}"
    if time.perf_counter() - start > SLOW_SECONDS:
        return "SLOW"
    try:
        theirs = dcmread(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - pydicom raises whatever it comes across
        return "pydicom fails"
    if describe(ours.dataset) != describe(theirs):
        return "DIFFERENT"
    lazy = read_dataset(data, stop_before_pixels=True)
    return "equal" if lazy.pixel_data == ours.pixel_data else "LAZY DIFFERS"


def main() -> int:
    """Run until the time is over; return the number of surprises."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    folder = Path(pydicom.data.__file__).parent
    files = [p for p in sorted(folder.rglob("*.dcm")) if p.stat().st_size < MAX_SIZE]
    originals = {path.name: path.read_bytes() for path in files}
    rng = random.Random(options.seed)  # noqa: S311 - damage, not secrets
    counts: Counter[str] = Counter()
    surprises = 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        name = rng.choice(list(originals))
        data = damage(originals[name], rng)
        result = outcome(data)
        counts[result.split(":", maxsplit=1)[0]] += 1
        if result not in {"error", "equal", "pydicom fails"}:
            surprises += 1
            print(name, result, flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{surprises:04d}_{name}").write_bytes(data)
    print(dict(counts))
    return surprises


if __name__ == "__main__":
    sys.exit(min(main(), 1))
