"""Value objects of the attribute tables of PS3.3: attributes, modules, macros, IODs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from iodkit.attributes.conditions import Condition

__all__ = [
    "AttributeRow",
    "AttributeType",
    "IODTable",
    "Include",
    "ItemCount",
    "ModuleTable",
    "Requirement",
    "Row",
    "Usage",
    "UsageCode",
    "ValueRule",
]

AttributeType = Literal["1", "1C", "2", "2C", "3"]
"""Types of PS3.5 7.4: required with a value, required, optional; C: under a condition."""

UsageCode = Literal["M", "C", "U"]
"""Usages of PS3.3 A.1.3: mandatory, conditional, user option."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """When something must be there, and when else it may be.

    Parameters
    ----------
    required : Condition | None, optional
        It must be there if this is true; None for never.
    allowed : Condition | bool, optional
        Whether it may be there if it need not.
    """

    required: Condition | None = None
    allowed: Condition | bool = True

    def __str__(self) -> str:
        text = f"required if {self.required}" if self.required is not None else ""
        if self.allowed is True:
            return text and f"{text}, else optional"
        only = "not allowed otherwise" if not self.allowed else f"allowed only if {self.allowed}"
        return f"{text}, {only}" if text else only


@dataclass(frozen=True, slots=True)
class ItemCount:
    """How many items a sequence has.

    Parameters
    ----------
    least : int
        At least so many, if the sequence is not empty where it may be.
    most : int | None
        At most so many; None for any number.
    """

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.least == self.most:
            return f"{self.least} item{'s' * (self.least != 1)}"
        if self.most is None:
            return f"{self.least} or more items"
        return f"{self.least} to {self.most} items"


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Which values an attribute may have.

    Parameters
    ----------
    values : tuple of str
        The values.
    enumerated : bool
        Whether there are no others (Enumerated Values); else they are Defined Terms, to which
        others may be added (PS3.5 7.4).
    position : int | None, optional
        Number of the value that it is about, from 1; None for each.
    condition : Condition | None, optional
        It holds only if this is true.
    """

    values: tuple[str, ...]
    enumerated: bool
    position: int | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute in a table.

    Parameters
    ----------
    tag : int
        Its tag; of a private attribute, with the block ``00`` to be found by its creator.
    keyword : str
        Its keyword, or its name in a private block.
    type : AttributeType
        Its type.
    requirement : Requirement, optional
        Of conditional types, when it must be there; of any, when it may.
    values : tuple of ValueRule, optional
        Enumerated Values and Defined Terms.
    items : ItemCount | None, optional
        Of a sequence.
    content : tuple of Row, optional
        The table of the items of a sequence.
    clause : str, optional
        Clause that defines it, if it is not that of the module.
    overrides : bool, optional
        Whether it replaces what other modules say of the attribute, instead of adding to it.
    creator : str, optional
        Of a private attribute, the private creator (PS3.5 7.8.1).
    vr : str, optional
        Of a private attribute, its VR.
    """

    tag: int
    keyword: str
    type: AttributeType
    requirement: Requirement = field(default_factory=Requirement)
    values: tuple[ValueRule, ...] = ()
    items: ItemCount | None = None
    content: tuple[Row, ...] = ()
    clause: str = ""
    overrides: bool = False
    creator: str = ""
    vr: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """Rows of a macro, in the place where they are included.

    Parameters
    ----------
    macro : str
        Keyword of the macro.
    condition : Condition | None, optional
        They are included only if this is true.
    """

    macro: str
    condition: Condition | None = None


Row = AttributeRow | Include
"""What tables are made of."""


@dataclass(frozen=True, slots=True)
class ModuleTable:
    """The table of a module or a macro.

    Parameters
    ----------
    keyword : str
        Identifier of the module.
    name : str
        Its name in the standard.
    clause : str
        Where the standard defines it.
    rows : tuple of Row
        Its attributes.
    """

    keyword: str
    name: str
    clause: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """A module in an IOD, or a functional group macro.

    Parameters
    ----------
    module : str
        Keyword of the module or macro.
    usage : UsageCode
        How it is used.
    requirement : Requirement, optional
        Of a conditional one, when it must be used.
    placement : {"any", "shared", "per-frame"}, optional
        Of a functional group, where it may be.
    """

    module: str
    usage: UsageCode
    requirement: Requirement = field(default_factory=Requirement)
    placement: Literal["any", "shared", "per-frame"] = "any"


@dataclass(frozen=True, slots=True)
class IODTable:
    """The modules of an information object definition.

    Parameters
    ----------
    keyword : str
        Identifier of the IOD.
    name : str
        Its name in the standard.
    clause : str
        Where the standard defines it.
    sop_classes : tuple of str
        UIDs of its SOP classes.
    modules : tuple of Usage
        Its modules, those of the most general entities first.
    groups : tuple of Usage, optional
        Its functional group macros.
    """

    keyword: str
    name: str
    clause: str
    sop_classes: tuple[str, ...]
    modules: tuple[Usage, ...]
    groups: tuple[Usage, ...] = ()
