"""``iodkit validate``: checks files, several at a time, and says what is wrong with them."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from iodkit.errors import IodkitError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from iodkit.attributes import Report

__all__ = ["add_parser", "validate_files"]

# Below this many files another process would start for longer than it would help.
_WORTH_A_PROCESS = 200
UNREADABLE = "unreadable"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the arguments of the command.

    Parameters
    ----------
    commands : argparse sub-parsers
        Gets a parser for ``validate``.
    """
    parser = commands.add_parser("validate", help="check DICOM files against the standard")
    parser.add_argument("files", nargs="+", metavar="FILE", help="files, or folders of files")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for programs")
    form.add_argument("--sarif", action="store_true", help="for tools that show code analysis")
    parser.add_argument("--profile", help="also check what a viewer needs: ohif, slicer, …")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument("--info", action="store_true", help="also list what cannot be decided")
    parser.add_argument("--set", action="store_true", help="also check what the files share")
    parser.add_argument("--jobs", type=int, default=0, help="number of processes")


def validate_files(chosen: argparse.Namespace) -> int:
    """Check the files and print the reports.

    Parameters
    ----------
    chosen : argparse.Namespace
        The arguments.

    Returns
    -------
    int
        0 if nothing is wrong, 1 if there are errors (with ``--strict``: or warnings), 2 if a
        file cannot be read.

    Raises
    ------
    InvalidValueError
        If there is no such profile.
    """
    from iodkit.validation.profiles import profile_rules

    if chosen.profile is not None:
        profile_rules(chosen.profile)
    files = [str(path) for name in chosen.files for path in _expand(Path(name))]
    reports = list(_progress(_check_all(files, chosen.profile, chosen.jobs), len(files)))
    if chosen.set:
        reports.append(_check_set(reports))
    if not chosen.info:
        reports = [report.filter(at_least="warning") for report in reports]
    _print(reports, chosen)
    return _exit_code(reports, strict=chosen.strict)


def _expand(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(found for found in path.rglob("*") if found.is_file())


def _check_all(files: list[str], profile: str | None, jobs: int) -> Iterator[Report]:
    check = partial(_check, profile=profile)
    enough = len(files) >= _WORTH_A_PROCESS
    workers = jobs if jobs > 0 else (os.cpu_count() or 1) if enough else 1
    if workers == 1 or len(files) < 2:
        yield from map(check, files)
        return
    # A fresh interpreter each: a fork of a program with threads may hang.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        size = max(1, min(64, len(files) // (4 * workers)))
        yield from pool.map(check, files, chunksize=size)


def _check(file: str, profile: str | None) -> Report:
    from iodkit.attributes import Finding, Report, Severity
    from iodkit.validation import validate

    try:
        return validate(file, profile=profile)
    except (IodkitError, OSError) as error:
        finding = Finding(Severity.ERROR, UNREADABLE, "", found=str(error), expected="a DICOM file")
        return Report((finding,), file)


def _check_set(reports: Sequence[Report]) -> Report:
    from iodkit.validation import validate_set

    return validate_set(r.subject for r in reports if not _unreadable(r))


def _unreadable(report: Report) -> bool:
    return any(finding.code == UNREADABLE for finding in report)


def _progress(reports: Iterator[Report], total: int) -> Iterator[Report]:
    """Count on standard error, where a person sees it."""
    shown = total > 1 and sys.stderr.isatty()
    for number, report in enumerate(reports, 1):
        if shown:
            print(f"\r{number} of {total} files", end="", file=sys.stderr, flush=True)
        yield report
    if shown:
        print("\r\033[K", end="", file=sys.stderr)


def _print(reports: Sequence[Report], chosen: argparse.Namespace) -> None:
    from iodkit.attributes.export import to_sarif

    if chosen.json:
        values = [report.to_dict() for report in reports]
        print(json.dumps(values, indent=2, ensure_ascii=False))
    elif chosen.sarif:
        print(json.dumps(to_sarif(reports), indent=2, ensure_ascii=False))
    else:
        for report in reports:
            print(report)


def _exit_code(reports: Sequence[Report], *, strict: bool) -> int:
    if any(map(_unreadable, reports)):
        return 2
    return int(any(not report.ok or (strict and report.warnings) for report in reports))
