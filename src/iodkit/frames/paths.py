"""Paths to attributes inside functional groups: keywords or tags joined by dots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

from iodkit.errors import InvalidValueError

__all__ = ["AttributePath", "column_vr", "parse_path"]

_TAG = re.compile(r"\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?")


@dataclass(frozen=True, slots=True)
class AttributePath:
    """Where an attribute stands below the items of a functional groups sequence.

    Attributes
    ----------
    text : str
        The path as keywords (tags as ``ggggeeee`` where there is no keyword) joined by dots.
    tags : tuple of int
        The tags on the way; all but the last are sequences.
    vr : str or None
        VR of the last one by the data dictionary (PS3.6), None if it is not in there.
    """

    text: str
    tags: tuple[int, ...]
    vr: str | None

    @property
    def group(self) -> int:
        """Tag of the functional group's sequence, the first step."""
        return self.tags[0]

    @property
    def leaf(self) -> int:
        """Tag of the attribute itself, the last step."""
        return self.tags[-1]

    @property
    def inner(self) -> AttributePath:
        """The path without its first step."""
        return AttributePath(self.text.partition(".")[2], self.tags[1:], self.vr)


@lru_cache(maxsize=4096)
def parse_path(text: str) -> AttributePath:
    """Resolve a path such as ``"PlanePositionSequence.ImagePositionPatient"``.

    Parameters
    ----------
    text : str
        Keywords, or tags as ``ggggeeee``, joined by dots.

    Returns
    -------
    AttributePath
        The path with tags and VR.

    Raises
    ------
    InvalidValueError
        If a step is neither a keyword nor a tag, or one that is not the last is known not to
        be a sequence.
    """
    names: list[str] = []
    tags: list[int] = []
    steps = text.split(".")
    for position, step in enumerate(steps):
        tag = _resolve(step, text)
        if position < len(steps) - 1 and _vr(tag) not in {"SQ", None}:
            raise InvalidValueError(
                f"{step} is not a sequence", attribute=text, found=_vr(tag), expected="VR SQ"
            )
        tags.append(tag)
        names.append(keyword_for_tag(tag) or f"{tag:08X}")
    return AttributePath(".".join(names), tuple(tags), _vr(tags[-1]))


def _resolve(step: str, text: str) -> int:
    tag = tag_for_keyword(step)
    if tag is not None:
        return int(tag)
    match = _TAG.fullmatch(step)
    if match is None:
        raise InvalidValueError(
            f"{step!r} is not the keyword of an attribute",
            attribute=text,
            expected="keywords, or tags as ggggeeee, joined by dots",
        )
    return int(match[1] + match[2], 16)


def _vr(tag: int) -> str | None:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return None


def column_vr(where: AttributePath) -> str:
    """Return the VR of an attribute whose values can be given as a column.

    Raises
    ------
    InvalidValueError
        If the path is too short, or leads to something else than values of one known VR.
    """
    if len(where.tags) < 2:
        raise InvalidValueError(
            "a path starts with the functional group's sequence",
            attribute=where.text,
            expected="for example PlanePositionSequence.ImagePositionPatient",
        )
    if where.vr is None or where.vr == "SQ" or " " in where.vr:
        raise InvalidValueError(
            "this attribute cannot be set as a column",
            attribute=where.text,
            found=f"VR {where.vr}",
            remedy="Use set_items with items that hold it.",
        )
    return where.vr
