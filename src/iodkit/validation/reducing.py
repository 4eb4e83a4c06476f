"""Which content items of an object stand for all, by its tables and its character set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.datadict import tag_for_keyword

from iodkit.attributes.tables import tables_for
from iodkit.errors import CorruptDataError
from iodkit.frames.levels import Irregular
from iodkit.frames.normalise import define_lengths
from iodkit.validation.content import reduce_content
from iodkit.validation.rules.values import soundness
from iodkit.validation.tables.decisive import decisive_paths

if TYPE_CHECKING:
    from pydicom.dataelem import RawDataElement

    from iodkit.validation.content import ReducedContent
    from iodkit.validation.subject import Subject

__all__ = ["reduced_content"]


def reduced_content(subject: Subject, stored: RawDataElement) -> ReducedContent | None:
    """Find the content items of an object that show everything that there is to find.

    Parameters
    ----------
    subject : Subject
        The object.
    stored : pydicom.dataelem.RawDataElement
        Its Content Sequence.

    Returns
    -------
    ReducedContent | None
        None for content that has to be looked at as a whole: in a form that is not read here, or
        of an IOD whose conditions look into it from outside.
    """
    value = stored.value or b""
    if not stored.is_little_endian or stored.VR == "UN":
        return None
    tables = tables_for(subject.sop_class_uid)
    paths = frozenset[tuple[str, ...]]() if tables is None else decisive_paths(tables)
    if any("ContentSequence" in path for path in paths):
        return None
    decisive = {tag_for_keyword(keyword) or 0 for path in paths for keyword in path}
    implicit, is_sound = bool(stored.is_implicit_VR), soundness(subject)
    try:
        try:
            return reduce_content(value, implicit, is_sound, decisive)
        except Irregular:
            value = define_lengths(value, implicit)
            return reduce_content(value, implicit, is_sound, decisive)
    except (Irregular, CorruptDataError):
        return None
