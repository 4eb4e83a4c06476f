"""Key object selections (PS3.3 A.35.4): which objects matter, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit_ko.content import KeyObjectSelection
    from iodkit_ko.sop import KeyObjectSelectionDocument, create_for_studies
    from iodkit_ko.titles import document_titles, rejection_reasons, selection_scopes

__all__ = [
    "KeyObjectSelection",
    "KeyObjectSelectionDocument",
    "create_for_studies",
    "document_titles",
    "rejection_reasons",
    "selection_scopes",
]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOMES = {
    "iodkit_ko.content": ("KeyObjectSelection",),
    "iodkit_ko.sop": ("KeyObjectSelectionDocument", "create_for_studies"),
    "iodkit_ko.titles": ("document_titles", "rejection_reasons", "selection_scopes"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too, imported or not."""
    return sorted({*globals(), *__all__})
