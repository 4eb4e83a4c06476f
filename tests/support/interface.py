"""Public interfaces as text: names, and order, kinds and defaults of parameters."""

from __future__ import annotations

import ast
import enum
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

# Of the methods with underscores, these are what users call.
_SPOKEN = ("__init__", "__call__", "__enter__", "__exit__", "__array__", "__getitem__", "__eq__")


def interface_of(module: ModuleType) -> list[str]:
    """List what a module declares public: functions, and classes with their members.

    Parameters
    ----------
    module : module
        Module with ``__all__``.

    Returns
    -------
    list[str]
        A line for each name: ``Class.method(self, name=default)``, ``Class.attribute``,
        ``Class.MEMBER = value``, ``function(name)``.
    """
    lines: list[str] = []
    for name in sorted(module.__all__):
        value = getattr(module, name)
        if inspect.isclass(value):
            lines += [f"{name}.{line}" for line in _members(value)]
        else:
            lines.append(f"{name}{_signature(value)}" if callable(value) else name)
    return lines


def line_of(module: ModuleType, name: str) -> str:
    """Write the line of one name, such as ``Image.get_frame``.

    Raises
    ------
    AttributeError
        If there is no such name.
    """
    owner, _, member = name.rpartition(".")
    if not owner:
        return f"{name}{_signature(getattr(module, name))}"
    return f"{owner}.{_member(getattr(module, owner), member)}"


def _members(cls: type) -> Iterator[str]:
    """Members that are defined in our packages, in the class itself and in its bases."""
    if issubclass(cls, enum.Enum):
        yield from (f"{member.name} = {member.value!r}" for member in cls)
        return
    names: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.split(".", maxsplit=1)[0].startswith("iodkit"):
            names.update(vars(base))
    for name in sorted(names):
        if not name.startswith("_") or name in _SPOKEN:
            yield _member(cls, name)


def _member(cls: type, name: str) -> str:
    found = inspect.getattr_static(cls, name)
    if isinstance(found, enum.Enum):
        return f"{name} = {found.value!r}"
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    return f"{name}{_signature(found)}" if inspect.isfunction(found) else name


def _signature(function: Callable[..., Any]) -> str:
    """Parameters of a function without their types; defaults in a form that can be read back."""
    parameters = [
        each.replace(
            annotation=each.empty,
            default=each.empty if each.default is each.empty else _Written(each.default),
        )
        for each in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(parameters))


class _Written:
    """A default value that is written as in the source; enumerations as their values."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __repr__(self) -> str:
        value = self._value
        if isinstance(value, enum.Enum):
            return repr(value.value)
        if inspect.isclass(value):
            return value.__name__
        if type(value) is tuple:
            items = [repr(_Written(item)) for item in value]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        return "<unset>" if type(value) is object else repr(value)


def conflicts(published: str, ours: str) -> list[str]:
    """Tell where a signature of ours does not take what a published one takes.

    Parameters
    ----------
    published, ours : str
        Lines of the same name.

    Returns
    -------
    list[str]
        What differs; more parameters are none, if they are optional, nor is a default for one
        that was needed.
    """
    if "(" not in published:
        same = "(" not in ours and ("=" not in published or published == ours)
        return [] if same else [f"it is {ours}"]
    theirs, mine = _parse(published), _parse(ours)
    found = [f"no {name}" for name in theirs if name not in mine]
    for place, (name, (kind, default)) in enumerate(theirs.items()):
        if name not in mine:
            continue
        if default is not None and mine[name][1] != default:
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
