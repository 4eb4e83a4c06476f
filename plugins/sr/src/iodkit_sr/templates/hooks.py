"""What a plugin of templates offers: the entry-point group, the hook, and its records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pluggy import HookimplMarker, HookspecMarker

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GROUP", "PROJECT", "TemplateEntry", "hookimpl", "iodkit_sr_register_templates"]

GROUP = "iodkit.sr.v1"
"""Entry-point group of plugins that bring templates; the major version is in its name."""

PROJECT = "iodkit_sr"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A template and the class for its content.

    Parameters
    ----------
    identifier : str
        Template identifier, for example ``"1500"``.
    name : str
        Its name.
    reference : str
        Reference to the class, ``"package.module:Class"``, with a ``from_sequence``; imported on
        first use.
    mapping_resource : str, optional
        Where the template is defined; ``"DCMR"`` for PS3.16.

    Raises
    ------
    InvalidValueError
        A field is not of this form.
    """

    identifier: str
    name: str
    reference: str
    mapping_resource: str = "DCMR"

    def __post_init__(self) -> None:
        module, _, attribute = str(self.reference).partition(":")
        fine = bool(self.identifier) and bool(self.mapping_resource)
        if not fine or not all(part.isidentifier() for part in (*module.split("."), attribute)):
            raise InvalidValueError(
                "this is no record of a template",
                attribute="TemplateEntry",
                found=(self.identifier, self.reference),
                expected="an identifier, and a reference such as 'package.module:Class'",
            )


@hookspec
def iodkit_sr_register_templates() -> Iterable[TemplateEntry]:
    """Name the templates that the plugin brings.

    Returns
    -------
    iterable of TemplateEntry
        One record for each template.
    """
    return ()
