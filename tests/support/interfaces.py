"""Public names and signatures of a package as lines of text, so that drift is seen.

python tests/support/interfaces.py iodkit_image > plugins/image/tests/interface/ours.txt
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

_DUNDERS = ("__init__", "__enter__", "__exit__", "__array__", "__getitem__")


def interface_of(package: ModuleType) -> list[str]:
    """List what a package declares public: functions, and classes with their members.

    Parameters
    ----------
    package : module
        Package with ``__all__``.

    Returns
    -------
    list[str]
        A line for each name: ``Class.method(self, name=default)``, ``Class.attribute``,
        ``function(name)``.
    """
    root = package.__name__.split(".", maxsplit=1)[0]
    lines: list[str] = []
    for name in sorted(package.__all__):
        value = getattr(package, name)
        if inspect.isclass(value):
            lines += [f"{name}.{member}" for member in _members(value, root)]
        else:
            lines.append(name + _signature(value))
    return lines


def line_of(package: ModuleType, name: str) -> str:
    """Write the line of one name, such as ``Image.get_frame``."""
    owner, _, member = name.rpartition(".")
    if not owner:
        return name + _signature(getattr(package, name))
    return f"{owner}.{_member(getattr(package, owner), member)}"


def _members(cls: type, root: str) -> Iterator[str]:
    """Members that are defined in the package itself, of the class and of its bases."""
    seen: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.split(".", maxsplit=1)[0] == root:
            seen.update(dict.fromkeys(vars(base)))
    for name in seen:
        if not name.startswith("_") or name in _DUNDERS:
            yield _member(cls, name)


def _member(cls: type, name: str) -> str:
    found = inspect.getattr_static(cls, name)
    if isinstance(found, classmethod | staticmethod):
        return name + _signature(found.__func__)
    return name + _signature(found) if inspect.isfunction(found) else name


def _signature(function: Callable[..., Any]) -> str:
    """Parameters of a function without their types; defaults in a form that can be read back."""
    signature = inspect.signature(function)
    parameters = [
        each.replace(
            annotation=each.empty,
            default=each.empty if each.default is each.empty else _Written(each.default),
        )
        for each in signature.parameters.values()
    ]
    return str(inspect.Signature(parameters))


class _Written:
    """A default value that is written as in the source."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __repr__(self) -> str:
        if isinstance(self._value, enum.Enum):
            return repr(self._value.value)
        if inspect.isclass(self._value):
            return self._value.__name__
        return repr(self._value)


def conflicts(published: str, ours: str) -> list[str]:
    """Tell where a signature of ours does not take what a published one takes.

    Parameters
    ----------
    published, ours : str
        Lines of the same name.

    Returns
    -------
    list[str]
        What differs; more parameters are none, if they are optional and come last.
    """
    if "(" not in published:
        return [] if "(" not in ours else ["a method instead of an attribute"]
    theirs, mine = _parse(published), _parse(ours)
    found = [f"no {name}" for name in theirs if name not in mine]
    for place, (name, (kind, default)) in enumerate(theirs.items()):
        if name not in mine:
            continue
        if mine[name][1] != default:
            found.append(f"{name} is {mine[name][1]} by default, not {default}")
        if kind == "positional" and list(mine)[place] != name:
            found.append(f"{name} has another place")
        if kind == "positional" and mine[name][0] != kind:
            found.append(f"{name} is not taken by position")
    found += [f"{name} is needed" for name in mine.keys() - theirs if mine[name][1] is None]
    return found


def _parse(line: str) -> dict[str, tuple[str, str | None]]:
    """Kind and default of each parameter."""
    definition = ast.parse(f"def f{line[line.index('(') :]}: pass").body[0]
    assert isinstance(definition, ast.FunctionDef)
    given = definition.args
    named = [*given.posonlyargs, *given.args]
    missing = len(named) - len(given.defaults)
    defaults: list[ast.expr | None] = [*[None] * missing, *given.defaults, *given.kw_defaults]
    kinds = ["positional"] * len(named) + ["keyword"] * len(given.kwonlyargs)
    found = {
        each.arg: (kind, None if default is None else ast.unparse(default))
        for each, kind, default in zip([*named, *given.kwonlyargs], kinds, defaults, strict=True)
    }
    for each, kind in ((given.vararg, "positional"), (given.kwarg, "keyword")):
        if each is not None:
            found[each.arg] = (kind, "any")
    return found


if __name__ == "__main__":
    print("\n".join(interface_of(importlib.import_module(sys.argv[1]))))
