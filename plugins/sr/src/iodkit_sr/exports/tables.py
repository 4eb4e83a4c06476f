"""Content trees as plain data: nested dictionaries, and tables with a row for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.coding import CodedConcept
from iodkit_sr.exports.values import code_parts, format_content, format_item, to_plain

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["list_paths", "to_columns", "to_nested"]


def list_paths(tree: ContentTree) -> list[str]:
    """Give the paths of all rows.

    Parameters
    ----------
    tree : ContentTree
        The tree.

    Returns
    -------
    list[str]
        For example ``"1.3.2"``, in the order of the document.
    """
    paths: list[str] = []
    for above, position in zip(
        tree.index.parents.tolist(), list(tree.index.positions), strict=True
    ):
        paths.append("1" if above < 0 else f"{paths[above]}.{int(position) + 1}")
    return paths


def to_nested(tree: ContentTree) -> dict[str, Any]:
    """Turn a tree into nested dictionaries; see :meth:`Exportable.to_dict`."""
    entries: list[dict[str, Any]] = []
    paths, parents = list_paths(tree), tree.index.parents.tolist()
    for row, path in enumerate(paths):
        value, unit = tree.value(row)
        entry: dict[str, Any] = {
            "path": path,
            "relationship": tree.index.relationship(row) or None,
            "value_type": tree.index.kind(row) or None,
            "name": to_plain(tree.index.name(row)),
        }
        if value is not None:
            entry["value"] = to_plain(value)
        if unit is not None:
            entry["unit"] = to_plain(unit)
        if row - 1 in tree.index.scan.references:
            entry["target"] = tree.reference_path(row)
        template = tree.template_id(row)
        if template is not None:
            entry["template"] = template
        if parents[row] >= 0:
            entries[parents[row]].setdefault("items", []).append(entry)
        entries.append(entry)
    return entries[0]


def to_columns(tree: ContentTree) -> dict[str, list[Any]]:
    """Turn a tree into columns with a row for each item; see :meth:`Exportable.to_columns`."""
    index, rows = tree.index, range(len(tree))
    kinds = [kind.decode("ascii", "replace") or None for kind in index.kinds]
    relationships = [each.decode("ascii", "replace") or None for each in index.relationships]
    parts: dict[int, tuple[str | None, ...]] = {}
    columns: dict[str, list[Any]] = {
        "path": list_paths(tree),
        "depth": index.depths.tolist(),
        "relationship": [relationships[each] for each in index.relationship_ids.tolist()],
        "value_type": [kinds[each] for each in index.kind_ids.tolist()],
    }
    named = []
    for row, number in enumerate(index.name_ids.tolist()):
        if number not in parts:
            parts[number] = code_parts(index.name(row))
        named.append(parts[number])
    names = ("name_value", "name_scheme", "name")
    columns.update(zip(names, map(list, zip(*named, strict=True)), strict=True))
    values = [tree.value(row) for row in rows]
    kinds_of_rows = columns["value_type"]
    texts = [
        format_content(kind or "", value, unit) or None
        for kind, (value, unit) in zip(kinds_of_rows, values, strict=True)
    ]
    for row in index.scan.references:
        texts[row + 1] = format_item(tree, row + 1)
    columns["value"] = texts
    details = [_details(*each) for each in values]
    more = ("number", "unit", "code_value", "code_scheme", "sop_class_uid", "sop_instance_uid")
    columns.update(zip(more, map(list, zip(*details, strict=True)), strict=True))
    return columns


def _details(value: Any, unit: CodedConcept | None) -> tuple[Any, ...]:
    """Number, unit, code and reference of a value; ``None`` for what it is not."""
    if isinstance(value, (int, float)):
        return float(value), code_parts(unit)[0], None, None, None, None
    if isinstance(value, CodedConcept):
        code, scheme, _ = code_parts(value)
        return None, None, code, scheme, None, None
    if isinstance(value, tuple):
        return None, None, None, None, str(value[0]), str(value[1])
    return (None,) * 6
