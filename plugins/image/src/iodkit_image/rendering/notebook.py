"""How images present themselves in notebooks."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

from iodkit.errors import IodkitError
from iodkit.summaries import summarise
from iodkit_image.rendering.api import render

if TYPE_CHECKING:
    from iodkit_image.image import Image

__all__ = ["as_html", "as_png"]

_SIZE = 320


def _picture(image: Image) -> bytes:
    target = io.BytesIO()
    render(image, size=_SIZE).save(target, "PNG")
    return target.getvalue()


def as_png(image: Image) -> bytes | None:
    """Draw an image for a notebook.

    Parameters
    ----------
    image : Image
        Image.

    Returns
    -------
    bytes | None
        A PNG file; None if the pixels cannot be had.
    """
    try:
        return _picture(image)
    except IodkitError:
        return None


def as_html(image: Image) -> str:
    """Describe an image for a notebook, without saying whose it is.

    Parameters
    ----------
    image : Image
        Image.

    Returns
    -------
    str
        A picture, or why there is none, and a table.
    """
    try:
        data = base64.b64encode(_picture(image)).decode("ascii")
        shown = f'<img alt="{escape(type(image).__name__)}" src="data:image/png;base64,{data}"/>'
    except IodkitError as error:
        shown = f"<p>No picture: {escape(str(error))}</p>"
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for section in summarise(image).sections
        for name, value in section.facts.items()
    )
    return f"<div>{shown}<table>{rows}</table></div>"
