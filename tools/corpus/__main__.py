"""Check mutants and real files with iodkit and with dciodvfy, and say where they disagree.

``python -m tools.corpus --every 10`` takes every tenth mutant of each object; without it, all.
``--part 3`` takes other ones of ten, so that a run can be cut into parts.  ``--to FILE`` keeps the
results, ``--from FILE...`` judges kept ones anew, ``--again FILE`` takes from them what dciodvfy
said of the mutants, and ``--page`` puts the figures into ``docs/validation.md``.
The exit status is 1 if a disagreement is not adjudicated.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tools.corpus.adjudicating import judge, read_adjudications
from tools.corpus.comparing import Comparison, Key, Portion, compare_file, compare_mutants
from tools.corpus.figures import summary, write_page
from tools.corpus.subjects import all_specimens, real_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tools.corpus.checkers import Complaint
    from tools.corpus.subjects import Specimen


def run(portion: Portion, jobs: int, earlier: Iterable[Comparison] = ()) -> list[Comparison]:
    """Check every mutant, or one of so many; real files belong to the first part."""
    kept = {each.key: each.theirs for each in earlier if each.path}
    with ProcessPoolExecutor(jobs, initializer=warnings.simplefilter, initargs=("ignore",)) as pool:
        work = partial(_mutants, portion=portion, kept=kept)
        found = [each for part in pool.map(work, all_specimens()) for each in part]
        files = [Path(path) for path in real_files() if portion.part == 0]
        return [*found, *pool.map(compare_file, files, chunksize=4)]


def _mutants(
    specimen: Specimen, portion: Portion, kept: Mapping[Key, frozenset[Complaint]]
) -> list[Comparison]:
    return list(compare_mutants(specimen, portion, kept))


def _load(path: Path) -> tuple[Portion, list[Comparison]]:
    loaded: tuple[Portion, list[Comparison]] = pickle.loads(path.read_bytes())  # noqa: S301
    return loaded


def _load_all(paths: Sequence[Path]) -> tuple[str, list[Comparison]]:
    """Put the parts of a run together, and say which mutants they have."""
    loaded = [_load(path) for path in paths]
    every = {portion.every for portion, _ in loaded}
    if len(every) != 1 or len({portion.part for portion, _ in loaded}) != len(loaded):
        raise SystemExit("these are no parts of one run")
    found = [each for _, comparisons in loaded for each in comparisons]
    return _taken(len(loaded), every.pop()), found


def _taken(parts: int, every: int) -> str:
    return "all mutants" if parts == every else f"{parts} of {every} mutants"


def main() -> int:
    """Compare, adjudicate, and print figures and what is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take one of so many mutants")
    parser.add_argument("--part", type=int, default=0, help="which of them, from 0")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--to", type=Path, help="keep the results in this file")
    parser.add_argument("--from", dest="kept", type=Path, nargs="+", help="judge these results")
    parser.add_argument("--again", type=Path, help="take what dciodvfy said from this file")
    parser.add_argument("--page", action="store_true", help="write docs/validation.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.kept:
        taken, comparisons = _load_all(options.kept)
    else:
        earlier = _load(options.again)[1] if options.again else ()
        portion = Portion(options.every, options.part)
        taken, comparisons = _taken(1, options.every), run(portion, options.jobs, earlier)
        if options.to:
            options.to.write_bytes(pickle.dumps((portion, comparisons)))
    adjudications = read_adjudications()
    judged = [judge(comparison, adjudications) for comparison in comparisons]
    print(summary(judged, taken))
    unexplained = [each for each in judged if each.unexplained]
    for each in unexplained:
        print(each)
    for one in adjudications:
        if not any(one in each.used for each in judged):
            print("not met:", one.why)
    if options.page:
        write_page(judged, taken)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
