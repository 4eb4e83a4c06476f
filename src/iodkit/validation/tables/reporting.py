"""Findings of the check against the tables: what was expected, by which clause, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.attributes import Finding
from iodkit.attributes.findings import last_keyword
from iodkit.validation.tables.codes import CODES

if TYPE_CHECKING:
    from iodkit.attributes.tables import AttributeRow, Definition
    from iodkit.validation.tables.presence import Judgement

__all__ = ["report"]

_REMEDIES = {
    "attribute-missing": "Add {0}",
    "attribute-empty": "Give {0} a value",
    "attribute-not-allowed": "Remove {0}, or correct what the condition is about",
    "value-not-enumerated": "Set {0} to one of these values",
}


def report(
    code: str,
    path: str,
    judgement: Judgement | None = None,
    *,
    definition: Definition | None = None,
    found: Any = None,
    expected: str = "",
) -> Finding:
    """Make a finding.

    Parameters
    ----------
    code : str
        One of `CODES`.
    path : str
        Where it is.
    judgement : Judgement | None, optional
        What holds for the attribute.
    definition : Definition | None, optional
        What says so; by default that of the judgement.
    found : object, optional
        What was found.
    expected : str, optional
        What was expected; by default what the definition says.

    Returns
    -------
    Finding
        The finding, with the clause of the definition.
    """
    kind = CODES[code]
    if definition is None and judgement is not None:
        definition = judgement.definition
    if definition is not None and not expected:
        expected = _expected(code, definition)
    return Finding(
        kind.severity,
        code,
        path,
        found=found,
        expected=expected or kind.finds,
        clause=kind.clause if definition is None else definition.clause,
        remedy=_REMEDIES.get(code, "").format(last_keyword(path)),
    )


def _expected(code: str, definition: Definition) -> str:
    row = definition.row
    if code == "attribute-not-allowed":
        if definition.condition is not None and row.requirement.required is None:
            return f"none, as it is allowed only if {definition.condition}"
        return f"none (type {row.type}), {_conditions(row)}"
    what = "a value" if row.type.startswith("1") else "the attribute, be it empty"
    conditions = _conditions(row)
    return f"{what} (type {row.type}){', ' * bool(conditions)}{conditions}"


def _conditions(row: AttributeRow) -> str:
    return str(row.requirement)
