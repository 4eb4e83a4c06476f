"""The public interface of a package as text: names, order and defaults of parameters."""

from __future__ import annotations

import enum
import inspect
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

UPDATE = "IODKIT_UPDATE_INTERFACE"
# What a family inherits from the dataset of the kernel is the kernel's interface.
_OWN = ("iodkit_", "iodkit.content", "iodkit.coding")


def describe(module: ModuleType) -> str:
    """Write a line for each public function, class, method, attribute and member of an enum."""
    lines: list[str] = []
    for name in sorted(module.__all__):
        found = getattr(module, name)
        if inspect.isclass(found):
            lines.extend(_class(name, found))
        elif callable(found):
            lines.append(f"{name}{_signature(found)}")
        else:
            lines.append(f"{name}: {type(found).__name__}")
    return "\n".join(lines) + "\n"


def _class(name: str, cls: type) -> Iterator[str]:
    yield f"{name}{_signature(cls)}" if not issubclass(cls, enum.Enum) else name
    if issubclass(cls, enum.Enum):
        yield from (f"    {member.name} = {member.value!r}" for member in cls)
        return
    for attribute in sorted(dir(cls)):
        owner = next((each for each in cls.__mro__ if attribute in vars(each)), object)
        if attribute.startswith("_") or not owner.__module__.startswith(_OWN):
            continue
        found = inspect.getattr_static(cls, attribute)
        bound: Any = getattr(cls, attribute)
        callable_ = callable(bound) and not hasattr(type(found), "__set__")
        yield f"    {attribute}{_signature(bound) if callable_ else ''}"


def _signature(function: Any) -> str:
    parameters = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(function).parameters.values()
        if each.name != "self"
    ]
    return str(inspect.Signature(parameters))


def check_interface(module: ModuleType, listing: Path) -> None:
    """Compare the interface with a listing; write the listing anew if the environment says so."""
    now = describe(module)
    if os.environ.get(UPDATE) == "1":
        listing.write_text(now, encoding="utf-8")
    before = listing.read_text(encoding="utf-8").splitlines()
    changed = [
        *(f"gone: {line}" for line in before if line not in now.splitlines()),
        *(f"new: {line}" for line in now.splitlines() if line not in before),
    ]
    assert now.splitlines() == before, (
        f"the interface has changed; {UPDATE}=1 writes it down anew\n" + "\n".join(changed)
    )
