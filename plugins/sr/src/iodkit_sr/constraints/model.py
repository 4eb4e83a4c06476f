"""What an IOD allows in its content: value types, and what may be below what (PS3.3 A.35)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

__all__ = ["ANY", "Constraints", "Row"]

Row = tuple[str, str, str]
"""Source value types, relationship type, target value types, as the tables have them."""

ANY = "any"


@dataclass(frozen=True)
class Constraints:
    """Value types and relationships of an IOD.

    Attributes
    ----------
    iod : str
        Name of the IOD.
    clause : str
        Clause of PS3.3 with the table.
    kinds : str
        Value types that the IOD enumerates, separated by spaces.
    rows : tuple[tuple[str, str, str], ...]
        Source value types (or ``"any"``), relationship type, target value types.
    by_reference : frozenset[str]
        Relationship types that may be conveyed by reference.
    """

    iod: str
    clause: str
    kinds: str
    rows: tuple[Row, ...]
    by_reference: frozenset[str] = frozenset()

    @cached_property
    def value_types(self) -> frozenset[str]:
        """frozenset[str]: Value types that items of the IOD may have.

        A table may have targets that the list before it lacks; they count.
        """
        targets = (kind for _, _, found in self.rows for kind in found.split())
        return frozenset((*self.kinds.split(), *targets))

    @cached_property
    def allowed(self) -> frozenset[tuple[str, str, str]]:
        """frozenset[tuple[str, str, str]]: Source, relationship and target that may go together."""
        return frozenset(
            (source, relationship, target)
            for sources, relationship, targets in self.rows
            for source in (self.value_types if sources == ANY else sources.split())
            for target in targets.split()
        )

    def allows(self, source: str, relationship: str, target: str) -> bool:
        """Tell whether an item may be below another.

        Parameters
        ----------
        source, relationship, target : str
            Value type of the item above, relationship type, value type of the item below.

        Returns
        -------
        bool
            ``True`` if it may.
        """
        return (source, relationship, target) in self.allowed

    def targets(self, source: str, relationship: str) -> list[str]:
        """List what a relationship may lead to.

        Parameters
        ----------
        source, relationship : str
            Value type of the item above, and relationship type.

        Returns
        -------
        list[str]
            Value types, sorted; none if the relationship is not allowed there.
        """
        return sorted(c for a, b, c in self.allowed if (a, b) == (source, relationship))
