"""``iodkit info``: what files hold, in words or as JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from iodkit.dataset import read
from iodkit.errors import IodkitError
from iodkit.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.summaries import Summary

__all__ = ["describe_files"]


def describe_files(paths: Sequence[str], *, as_json: bool = False) -> int:
    """Print summaries of files to standard output, and what cannot be read to standard error.

    Parameters
    ----------
    paths : Sequence[str]
        Paths or URLs.
    as_json : bool, optional
        Print JSON: an object for one file, a list for several.

    Returns
    -------
    int
        1 if a file could not be read, else 0.
    """
    summaries: list[tuple[str, Summary]] = []
    failed = 0
    for path in paths:
        try:
            summaries.append((path, summarise(read(path, lazy_frame_retrieval=True))))
        except IodkitError as error:
            failed += 1
            print(f"iodkit: {path}: {error}", file=sys.stderr)
    if as_json:
        found = [{"file": path, **summary.to_json()} for path, summary in summaries]
        print(json.dumps(found[0] if len(paths) == 1 and found else found, indent=2))
    else:
        texts = [
            f"{path}\n\n{summary}" if len(paths) > 1 else str(summary)
            for path, summary in summaries
        ]
        if texts:
            print("\n\n\n".join(texts))
    return 1 if failed else 0
