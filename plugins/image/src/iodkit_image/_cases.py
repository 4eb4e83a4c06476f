"""Cases for the conformance kit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from iodkit.testing import phantom
from iodkit.testing.kit import BadCall, ConformanceCase
from iodkit_image.image import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset


def _inputs(make: Callable[[], Dataset]) -> tuple[Any, ...]:
    return (make(),)


def _slide(organization: str) -> Dataset:
    return phantom.slide_image(100, 120, 32, organization=organization)


def cases() -> list[ConformanceCase]:
    """Make a case for each kind of image: single-frame, multi-frame and tiled.

    Returns
    -------
    list[ConformanceCase]
        The cases.
    """
    makers: dict[str, Callable[[], Dataset]] = {
        "CT image": lambda: phantom.ct_series(1, 24, 20)[0],
        "enhanced CT image": lambda: phantom.enhanced_ct(4, 24, 20),
        "tiled slide, full": partial(_slide, "TILED_FULL"),
        "tiled slide, sparse": partial(_slide, "TILED_SPARSE"),
    }
    bad = (
        BadCall(Image, "imread"),
        BadCall(lambda: Image.from_dataset(None), "from_dataset"),  # type: ignore[arg-type]
    )
    return [
        ConformanceCase(
            name, str(make().SOPClassUID), Image.from_dataset, partial(_inputs, make), bad
        )
        for name, make in makers.items()
    ]
