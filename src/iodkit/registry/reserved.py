"""Which family names a plugin may not take: those of the kernel's own modules."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iodkit.registry.settings import normalize_distribution

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

__all__ = ["Reserved"]


@dataclass(frozen=True, slots=True)
class Reserved:
    """Names that are taken, and the façades among them that belong to a distribution.

    Parameters
    ----------
    names : frozenset of str
        Names of the kernel's modules.
    facades : mapping of str to str
        Name of a façade module → the distribution whose family it fronts.
    """

    names: frozenset[str] = frozenset()
    facades: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_package(cls, package: ModuleType) -> Reserved:
        """List what a package reserves.

        Parameters
        ----------
        package : module
            The kernel. Its modules are listed from disk (or from the zip file), not imported;
            it may declare façades in a mapping ``__facades__``.

        Returns
        -------
        Reserved
            The names.
        """
        names = frozenset(module.name for module in pkgutil.iter_modules(package.__path__))
        return cls(names, dict(getattr(package, "__facades__", {})))

    def forbids(self, family: str, distribution: str) -> bool:
        """Whether a distribution may not use a family's name.

        Parameters
        ----------
        family : str
            The name that it claims.
        distribution : str
            Who claims it.

        Returns
        -------
        bool
            True if the name is a kernel module's, and no façade of this distribution.
        """
        if family not in self.names:
            return False
        owner = self.facades.get(family)
        return owner is None or normalize_distribution(owner) != normalize_distribution(
            distribution
        )
