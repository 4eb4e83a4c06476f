"""The façade's own table: which of our distributions opens what, and what to install for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from iodkit.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FACADES", "FAMILIES", "Family", "distribution_for", "explain_absence", "front"]


class Family(NamedTuple):
    """One of our own families.

    Parameters
    ----------
    name : str
        The façade module's name, which is the family's.
    distribution : str
        What to install.
    package : str
        What it installs.
    sop_class_uids : frozenset of str
        SOP classes that it opens, besides those that `name_part` covers.
    name_part : str, optional
        It also opens every SOP class whose name in PS3.6 Table A-1 contains this.
    """

    name: str
    distribution: str
    package: str
    sop_class_uids: frozenset[str]
    name_part: str | None = None

    def opens(self, sop_class_uid: str, name: str) -> bool:
        """Whether the family opens a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.
        name : str
            Its name in PS3.6 Table A-1; may be empty.

        Returns
        -------
        bool
            True if it does.
        """
        if sop_class_uid in self.sop_class_uids:
            return True
        return self.name_part is not None and self.name_part in name


# The more specific ones come first. "Image Storage" is not always the end of a name: there are
# "Digital X-Ray Image Storage - For Presentation" and its like.
FAMILIES = (
    Family(
        "seg",
        "iodkit-seg",
        "iodkit_seg",
        frozenset({"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"}),
    ),
    Family("ko", "iodkit-ko", "iodkit_ko", frozenset({"1.2.840.10008.5.1.4.1.1.88.59"})),
    Family(
        "sr",
        "iodkit-sr",
        "iodkit_sr",
        frozenset(
            {
                "1.2.840.10008.5.1.4.1.1.78.6",
                "1.2.840.10008.5.1.4.1.1.79.1",
                "1.2.840.10008.5.1.4.1.1.88.40",
            }
        ),
        " SR Storage",
    ),
    Family(
        "image",
        "iodkit-image",
        "iodkit_image",
        # IODs with pixel data that are not called images: Enhanced US Volume (PS3.3 A.59),
        # Ophthalmic OCT B-scan Volume Analysis, Ophthalmic Thickness Map (A.67), Corneal
        # Topography Map (C.8.30.2), RT Dose (A.18, grid-based doses).
        frozenset(
            {
                "1.2.840.10008.5.1.4.1.1.6.2",
                "1.2.840.10008.5.1.4.1.1.77.1.5.8",
                "1.2.840.10008.5.1.4.1.1.81.1",
                "1.2.840.10008.5.1.4.1.1.82.1",
                "1.2.840.10008.5.1.4.1.1.481.2",
            }
        ),
        "Image Storage",
    ),
)

FACADES = {family.name: family.distribution for family in FAMILIES}
"""Façade module → the distribution that it fronts."""


def distribution_for(sop_class_uid: str, name: str = "") -> str | None:
    """Tell which distribution opens a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    name : str, optional
        Its name in PS3.6 Table A-1, for example ``"CT Image Storage"``.

    Returns
    -------
    str or None
        For example ``"iodkit-seg"``; None if it is not one of ours.
    """
    for family in FAMILIES:
        if family.opens(sop_class_uid, name):
            return family.distribution
    return None


def front(
    name: str, namespace: dict[str, Any]
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """Make what a façade consists of: the public names of its family, each imported on first use.

    Parameters
    ----------
    name : str
        Name of the family.
    namespace : dict
        Where the façade keeps what was used.

    Returns
    -------
    tuple
        ``__all__``, ``__getattr__`` and ``__dir__`` of the façade (PEP 562).

    Raises
    ------
    MissingDependencyError
        The family is not installed; the error says what to install.
    """
    package_name = next(each.package for each in FAMILIES if each.name == name)
    try:
        package = import_module(package_name)
    except ModuleNotFoundError as error:
        explain_absence(name, error)
    public: list[str] = list(package.__all__)

    def find(attribute: str) -> object:
        if attribute not in public:
            raise AttributeError(f"module 'iodkit.{name}' has no attribute {attribute!r}")
        value: object = getattr(package, attribute)
        namespace[attribute] = value
        return value

    def names() -> list[str]:
        return sorted({*namespace, *public})

    return public, find, names


def explain_absence(name: str, error: ModuleNotFoundError) -> NoReturn:
    """Raise what a façade raises when its family cannot be imported.

    Parameters
    ----------
    name : str
        Name of the family.
    error : ModuleNotFoundError
        What importing its package raised.

    Raises
    ------
    MissingDependencyError
        The family is not installed; the error says what to install.
    ModuleNotFoundError
        The family is installed and something inside it is missing: `error` itself.
    """
    family = next(each for each in FAMILIES if each.name == name)
    if error.name != family.package:
        raise error
    missing = MissingDependencyError(
        f"iodkit.{name} needs the distribution {family.distribution}, which is not installed",
        remedy=f"Run: pip install {family.distribution}",
    )
    missing.name = family.package
    raise missing from None
