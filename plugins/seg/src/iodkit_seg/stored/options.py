"""What callers may say of an instance that is made from an existing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pydicom.valuerep import PersonName

__all__ = ["InstanceOptions"]


class InstanceOptions(TypedDict, total=False):
    """Attributes of a new instance that is made from an existing one.

    Attributes
    ----------
    series_instance_uid, sop_instance_uid : str | None
        Unique identifiers; new ones by default.
    series_number, instance_number : int | None
        Numbers; those of the predecessor by default.
    series_description : str | None
        Description of the series; that of the predecessor by default.
    content_label, content_description : str | None
        Label (a code string) and description of the content; by default those of the predecessor.
    content_creator_name : str | PersonName | None
        Who made the content; by default who :func:`iodkit.defaults` names, else as before.
    """

    series_instance_uid: str | None
    sop_instance_uid: str | None
    series_number: int | None
    instance_number: int | None
    series_description: str | None
    content_label: str | None
    content_description: str | None
    content_creator_name: str | PersonName | None
