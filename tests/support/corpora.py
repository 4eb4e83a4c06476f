"""Image files that packages on PyPI bring: pydicom, pydicom-data, nibabel, deid-data."""

from __future__ import annotations

import functools
import gzip
import importlib.util
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.data import get_testdata_files

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS = {"nibabel": "nicom/tests/data", "deid_data": "data"}
# Unpacked once for each process, and removed with it.
_UNPACKED = tempfile.TemporaryDirectory(prefix="corpora-")


@functools.cache
def image_files() -> dict[str, Path]:
    """Give the files with pixel data by name, those of other packages with the package's name.

    Returns
    -------
    dict[str, Path]
        Paths; compressed files are unpacked.
    """
    found = {Path(path).name: Path(path) for path in get_testdata_files() if path.endswith(".dcm")}
    for package, folder in _OTHERS.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        root = Path(spec.origin).parent / folder
        found |= {f"{package}/{path.name}": path for path in _unpacked(root, package)}
    return dict(sorted(found.items()))


def _unpacked(root: Path, package: str) -> Iterator[Path]:
    """Files of a folder; of archives what is in them."""
    target = Path(_UNPACKED.name) / package
    target.mkdir(exist_ok=True)
    for path in sorted(root.rglob("*")):
        if path.suffix == ".dcm":
            yield path
        elif path.name.endswith(".dcm.gz"):
            plain = target / path.stem
            plain.write_bytes(gzip.decompress(path.read_bytes()))
            yield plain
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".dcm") and "__MACOSX" not in name:
                        yield Path(archive.extract(name, target))
