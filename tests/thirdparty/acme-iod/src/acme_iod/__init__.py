"""PDF documents as DICOM objects (PS3.3 A.45.1)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acme_iod.sop import EncapsulatedPDF

__all__ = ["EncapsulatedPDF"]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOME_OF = {"EncapsulatedPDF": "sop"}


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too, imported or not."""
    return sorted({*globals(), *__all__})
