"""The command ``iodkit pdf``."""

from __future__ import annotations

import argparse
from pathlib import Path

from iodkit.dataset import read

__all__ = ["main"]


def main(argv: list[str]) -> int:
    """Write the PDF of a DICOM file to another file.

    Parameters
    ----------
    argv : list of str
        The arguments.

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(prog="iodkit pdf", description=main.__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args(argv)
    document = getattr(read(arguments.source), "document", None)
    if document is None:
        print(f"{arguments.source} holds no PDF")
        return 1
    arguments.target.write_bytes(document)
    print(f"{len(document)} bytes")
    return 0
