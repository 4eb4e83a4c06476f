"""The public interface of a module as text, one line for each callable, property and value."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

# Of the methods with underscores, these are what users call.
_SPOKEN = frozenset(("__init__", "__call__", "__getitem__", "__eq__", "__str__"))


def interface(module: ModuleType) -> list[str]:
    """Names in `__all__` with their parameters, order, kinds, defaults and types."""
    lines: list[str] = []
    for name in module.__all__:
        lines.extend(_lines(name, getattr(module, name)))
    return lines


def _lines(name: str, value: Any) -> Iterator[str]:
    if not inspect.isclass(value):
        yield f"{name}{_signature(value)}" if callable(value) else f"{name} = {_plain(value)}"
        return
    bases = [b.__name__ for b in value.__mro__[1:-1] if b.__module__.split(".")[0] != "iodkit"]
    yield f"class {name}({', '.join(bases)})"
    if issubclass(value, Enum):
        yield from (f"{name}.{member.name} = {member.value!r}" for member in value)
        return
    for key in sorted({k for base in value.__mro__[:-1] for k in vars(base)}):
        if key.startswith("_") and key not in _SPOKEN:
            continue
        yield from _member(f"{name}.{key}", inspect.getattr_static(value, key))


def _member(name: str, member: Any) -> Iterator[str]:
    if isinstance(member, property):
        settable = "" if member.fset is None else " (settable)"
        yield f"{name}: {_returned(member)}{settable}"
    elif isinstance(member, (classmethod, staticmethod)):
        yield f"@{type(member).__name__} {name}{_signature(member.__func__)}"
    elif inspect.isfunction(member):
        yield f"{name}{_signature(member)}"
    elif inspect.ismemberdescriptor(member):
        yield f"{name}: field"


def _returned(member: property) -> str:
    return str(inspect.signature(member.fget).return_annotation)  # type: ignore[arg-type]


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parameters = [
        p.replace(default=_default(p), annotation=_annotation(p.annotation))
        for p in signature.parameters.values()
    ]
    returned = _annotation(signature.return_annotation)
    return str(signature.replace(parameters=parameters, return_annotation=returned))


def _default(parameter: inspect.Parameter) -> Any:
    empty = parameter.default is parameter.empty
    return parameter.empty if empty else _Text(_plain(parameter.default))


def _annotation(annotation: Any) -> Any:
    """Annotations are texts, since modules import `annotations`; none stays none."""
    return _Text(annotation) if isinstance(annotation, str) else annotation


class _Text:
    """What `inspect` writes as it is: annotations without quotes, defaults without addresses."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return "<unset>" if type(value) is object else repr(value)
