"""The command ``iodkit render``."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from iodkit.dataset import read
from iodkit.errors import InvalidValueError, IodkitError, UnsupportedError, WriteError
from iodkit.overlays import Overlay
from iodkit_image.image import Image
from iodkit_image.rendering import montage, multiplanar, render
from iodkit_image.series import get_volume_from_series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image as Picture

    from iodkit.spatial import Volume
    from iodkit_image.rendering import StyleOptions

__all__ = ["render_files"]

_FORMATS = frozenset((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"))


def render_files(argv: Sequence[str]) -> int:
    """Draw images into a picture file.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        Exit code: 0, 1 if something cannot be opened or drawn.
    """
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            picture = _draw(arguments)
            _save(picture, arguments.output)
    except IodkitError as error:
        print(f"iodkit render: {error}", file=sys.stderr)
        return 1
    for text in dict.fromkeys(str(each.message) for each in caught):
        print(f"warning: {text}", file=sys.stderr)
    print(f"{arguments.output}: {picture.width} x {picture.height} pixels")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="iodkit render",
        description="Draw images into a picture. Files that are overlays, such as segmentations, "
        "are drawn on the images beside which they are given; alone, on black.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="DICOM file, or folder of them")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture to write")
    parser.add_argument("--frame", type=int, help="number of the frame, from 1")
    parser.add_argument(
        "--window", type=float, nargs=2, metavar=("CENTER", "WIDTH"), help="values to show"
    )
    parser.add_argument("--size", type=int, help="length of the longer side of each image")
    parser.add_argument("--columns", type=int, help="columns of a montage")
    parser.add_argument("--plain", action="store_true", help="write nothing on the images")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--montage", action="store_true", help="several frames of one image")
    kind.add_argument(
        "--planes", action="store_true", help="axial, coronal and sagittal planes of a volume"
    )
    return parser


def _draw(arguments: argparse.Namespace) -> Picture.Image:
    images, overlays = _open(arguments.files)
    window = tuple(arguments.window) if arguments.window else None
    style: StyleOptions = {}
    if arguments.size is not None:
        style["size"] = arguments.size
    if arguments.plain:
        style |= {"legend": False, "letters": False, "scale_bar": False, "captions": False}
    if not images:
        images, overlays = list(_drawable(overlays)), []
    if arguments.planes:
        return multiplanar(_volume(images), overlays, window=window, **style)
    frames = None if arguments.frame is None else [arguments.frame]
    if len(images) > 1 and frames is None:
        return montage(images, None, overlays, columns=arguments.columns, window=window, **style)
    if len(images) > 1:
        raise InvalidValueError(
            "a frame cannot be chosen among several images",
            attribute="--frame",
            found=arguments.frame,
            remedy="Give one image, or leave out --frame.",
        )
    if arguments.montage:
        return montage(
            images[0], frames, overlays, columns=arguments.columns, window=window, **style
        )
    return render(images[0], arguments.frame, overlays, window=window, **style)


def _open(paths: Sequence[str]) -> tuple[list[Image], list[Overlay]]:
    images: list[Image] = []
    overlays: list[Overlay] = []
    for path in _files(paths):
        opened = read(path)
        if isinstance(opened, Overlay):
            overlays.append(opened)
        elif isinstance(opened, Image):
            images.append(opened)
        else:
            uid = opened.get("SOPClassUID")
            raise UnsupportedError(
                f"{path} holds neither an image nor an overlay",
                attribute="SOPClassUID",
                found=getattr(uid, "name", uid),
                remedy="See: iodkit info FILE.",
            )
    return images, overlays


def _files(paths: Sequence[str]) -> list[str]:
    """Files, and those in folders."""
    found: list[str] = []
    for path in paths:
        if not Path(path).is_dir():
            found.append(path)
            continue
        inside = sorted(str(each) for each in Path(path).iterdir() if each.is_file())
        if not inside:
            raise InvalidValueError("the folder holds no file", attribute="FILE", found=path)
        found += inside
    return found


def _drawable(overlays: Sequence[Overlay]) -> list[Image]:
    images: list[Image] = [each for each in overlays if isinstance(each, Image)]
    if len(images) < len(overlays):
        raise UnsupportedError(
            "an overlay without pixels of its own needs an image to be drawn on",
            remedy="Give the image that it refers to as well.",
        )
    return images


def _volume(images: Sequence[Image]) -> Volume:
    if len(images) == 1 and images[0].number_of_frames > 1:
        return images[0].get_volume()
    return get_volume_from_series(images)


def _save(picture: Picture.Image, path: Path) -> None:
    if path.suffix.lower() not in _FORMATS:
        raise InvalidValueError(
            "no format for pictures that we write",
            attribute="--output",
            found=path.name,
            expected=f"a name that ends in {', '.join(sorted(_FORMATS))}",
        )
    try:
        picture.save(path)
    except OSError as error:
        raise WriteError(f"the picture cannot be written: {error}", found=str(path)) from error
