"""One fault, one finding: what tables and rules say of the same attribute is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iodkit.attributes import Finding

__all__ = ["without_restated"]

_BY_TABLES = frozenset(
    ("attribute-missing", "attribute-empty", "attribute-not-allowed", "value-not-enumerated")
)
# Rules of the kernel that hold for what no table describes, too.
_BY_RULES = frozenset(
    (
        "code-incomplete",
        "template-unidentified",
        "reference-needless",
        "pixel-offsets",
        "pixel-bits",
        "pixel-samples",
        "palette",
        "position-reference",
    )
)
_OF_ITEMS = "code-incomplete"


def without_restated(
    rules: Iterable[Finding], tables: Iterable[Finding], families: Iterable[Finding]
) -> Iterator[Finding]:
    """Leave out what something more special says of the same attribute.

    Parameters
    ----------
    rules, tables, families : iterable of Finding
        Findings of the general rules, of the tables of attributes, and of the rules of plugins:
        the most general ones first.

    Yields
    ------
    Finding
        Of several errors on whether an attribute is there and has one of its values, the most
        special one; all others.
    """
    tables, families = list(tables), list(families)
    by_families = {one.path for one in families if one.severity is Severity.ERROR}
    left = [one for one in tables if one.code not in _BY_TABLES or one.path not in by_families]
    told = {one.path for one in tables if one.code in _BY_TABLES} | by_families
    items = {path.rpartition(".")[0] for path in told}
    for one in rules:
        is_told = one.path in told or (one.code == _OF_ITEMS and one.path in items)
        if one.code not in _BY_RULES or not is_told:
            yield one
    yield from left
    yield from families
