"""The registry's settings from the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError
from iodkit.registry.checks import check_sop_class_uid

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Settings", "normalize_distribution", "parse_preferences"]

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user set through environment variables.

    Parameters
    ----------
    disabled : frozenset of str
        ``IODKIT_DISABLE_PLUGINS``: names of entry points or of distributions, normalised.
    autoload : bool
        False if ``IODKIT_DISABLE_AUTOLOAD`` is set: no entry point is looked at.
    strict : bool
        ``IODKIT_STRICT_PLUGINS``: a problem of a plugin is an error instead of a warning.
    preferences : mapping of str to str
        ``IODKIT_PREFER``: SOP Class UID → distribution or family that wins a conflict.
    """

    disabled: frozenset[str] = frozenset()
    autoload: bool = True
    strict: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Parameters
        ----------
        environment : mapping of str to str, optional
            Instead of the environment of the process.

        Returns
        -------
        Settings
            The settings.

        Raises
        ------
        InvalidValueError
            A variable has a value that means nothing.
        """
        source = os.environ if environment is None else environment
        names = source.get("IODKIT_DISABLE_PLUGINS", "").split(",")
        return cls(
            disabled=frozenset(normalize_distribution(name) for name in names if name.strip()),
            autoload=not _is_set(source, "IODKIT_DISABLE_AUTOLOAD"),
            strict=_is_set(source, "IODKIT_STRICT_PLUGINS"),
            preferences=parse_preferences(source.get("IODKIT_PREFER", "")),
        )

    def disables(self, plugin: str, distribution: str) -> bool:
        """Whether a plugin is switched off, by its own name or by its distribution's.

        Parameters
        ----------
        plugin : str
            Name of the entry point.
        distribution : str
            Name of the distribution.

        Returns
        -------
        bool
            True if it must not be imported.
        """
        own_names = {normalize_distribution(plugin), normalize_distribution(distribution)}
        return not self.disabled.isdisjoint(own_names)


def normalize_distribution(name: str) -> str:
    """Give a distribution's name the form that package indexes compare.

    Parameters
    ----------
    name : str
        For example ``"Iodkit_Seg"``.

    Returns
    -------
    str
        For example ``"iodkit-seg"``.
    """
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def parse_preferences(text: str) -> dict[str, str]:
    """Parse the value of ``IODKIT_PREFER``.

    Parameters
    ----------
    text : str
        ``"uid=distribution-or-family,uid=..."``; may be empty.

    Returns
    -------
    dict of str to str
        SOP Class UID → distribution or family.

    Raises
    ------
    InvalidValueError
        The text has another form.
    """
    preferences = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        uid, equals, choice = (piece.strip() for piece in part.partition("="))
        if not equals or not choice:
            raise InvalidValueError(
                "not a preference",
                attribute="IODKIT_PREFER",
                found=part,
                expected="uid=distribution or uid=family",
            )
        check_sop_class_uid(uid, "IODKIT_PREFER")
        preferences[uid] = choice
    return preferences


def _is_set(source: Mapping[str, str], name: str) -> bool:
    value = source.get(name, "").strip().lower()
    if value not in _YES | _NO:
        raise InvalidValueError(
            "neither on nor off", attribute=name, found=value, expected="1 or 0"
        )
    return value in _YES
