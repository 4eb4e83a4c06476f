"""Cases for the conformance kit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iodkit.testing import phantom
from iodkit.testing.conformance import BadCall, ConformanceCase
from iodkit_image.image import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset


def _inputs(make: Callable[[], Dataset]) -> dict[str, Dataset]:
    return {"dataset": make()}


def _case(name: str, make: Callable[[], Dataset]) -> ConformanceCase:
    bad = (BadCall("dataset", {"dataset": None}),)
    return ConformanceCase(name, Image.from_dataset, partial(_inputs, make), bad)


def _one_plane() -> Dataset:
    return phantom.ct_series(1, 24, 20)[0]


def ct() -> list[ConformanceCase]:
    """Make a case for single-frame images.

    Returns
    -------
    list[ConformanceCase]
        The case.
    """
    return [_case("CT image", _one_plane)]


def enhanced_ct() -> list[ConformanceCase]:
    """Make a case for multi-frame images.

    Returns
    -------
    list[ConformanceCase]
        The case.
    """
    return [_case("enhanced CT image", partial(phantom.enhanced_ct, 4, 24, 20))]


def slide() -> list[ConformanceCase]:
    """Make a case for each organization of tiles.

    Returns
    -------
    list[ConformanceCase]
        The cases.
    """
    return [
        _case(name, partial(phantom.slide_image, 100, 120, 32, organization=organization))
        for name, organization in (
            ("tiled slide, full", "TILED_FULL"),
            ("tiled slide, sparse", "TILED_SPARSE"),
        )
    ]
