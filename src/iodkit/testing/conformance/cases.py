"""What a plugin gives to the conformance kit: how to make its objects, and how not to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iodkit.errors import InvalidTypeError, InvalidValueError, IodkitError
from iodkit.registry import registry
from iodkit.testing.conformance.failures import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iodkit.dataset import SOPClass

__all__ = ["BadCall", "ConformanceCase", "cases_of", "check_cases"]


def _no_inputs() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class BadCall:
    """Arguments that an implementation must refuse.

    Parameters
    ----------
    attribute : str
        Parameter or attribute that the error has to name.
    changes : Mapping[str, object]
        Arguments that replace those of the case.
    error : type[IodkitError], optional
        Class that the error has to belong to.
    """

    attribute: str
    changes: Mapping[str, Any]
    error: type[IodkitError] = IodkitError

    def __post_init__(self) -> None:
        if not self.attribute:
            raise InvalidValueError("must not be empty", attribute="attribute", found="")
        if not self.changes:
            raise InvalidValueError(
                "a bad call has to differ from the good one", attribute="changes", found={}
            )


@dataclass(frozen=True, slots=True)
class ConformanceCase:
    """One way to make an object of a SOP class.

    Parameters
    ----------
    name : str
        What is made, for people.
    make : Callable[..., SOPClass]
        Makes the object from keyword arguments: the class itself, or a function.
    inputs : Callable[[], Mapping[str, object]], optional
        Gives the arguments, new ones at each call and always of the same values.
    bad_calls : tuple[BadCall, ...], optional
        Arguments that must be refused.
    allowed : tuple[str, ...], optional
        Texts of dciodvfy's errors that are not the implementation's fault, each with its reason
        beside it in the plugin's source.

    Raises
    ------
    InvalidTypeError
        If `make` or `inputs` cannot be called.
    """

    name: str
    make: Callable[..., SOPClass]
    inputs: Callable[[], Mapping[str, Any]] = field(default=_no_inputs)
    bad_calls: tuple[BadCall, ...] = ()
    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for attribute in ("make", "inputs"):
            value = getattr(self, attribute)
            if not callable(value):
                raise InvalidTypeError(
                    "not a callable", attribute=attribute, found=value, expected="a callable"
                )


def cases_of(sop_class_uid: str) -> tuple[ConformanceCase, ...]:
    """Collect the cases that plugins bring for a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.

    Returns
    -------
    tuple[ConformanceCase, ...]
        Those of the hook ``iodkit_conformance_cases``.

    Raises
    ------
    PluginError
        If a reference cannot be loaded.
    ConformanceError
        If a plugin gives something that is no case.
    """
    found: list[ConformanceCase] = []
    for entry in registry.conformance(sop_class_uid):
        given = tuple(registry.load(entry)())
        for case in given:
            if not isinstance(case, ConformanceCase):
                raise ConformanceError(
                    f"{entry.reference} gives something that is no case",
                    found=case,
                    expected="iodkit.testing.conformance.ConformanceCase",
                )
        found.extend(given)
    return tuple(found)


def check_cases(sop_class_uid: str, cases: tuple[ConformanceCase, ...]) -> None:
    """Check that the cases are enough to say something.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    cases : tuple[ConformanceCase, ...]
        Cases for it.

    Raises
    ------
    ConformanceError
        If there is no case, no bad call, or a name twice.
    """
    if not cases:
        raise ConformanceError(
            f"no conformance case for {sop_class_uid}",
            remedy="Implement the hook iodkit_conformance_cases, or override IODConformance.cases.",
        )
    names = [case.name for case in cases]
    if len(set(names)) != len(names):
        raise ConformanceError("two cases have one name", found=names)
    if not any(case.bad_calls for case in cases):
        raise ConformanceError(
            f"no case for {sop_class_uid} says what must be refused",
            remedy="Add a BadCall to one of them.",
        )
