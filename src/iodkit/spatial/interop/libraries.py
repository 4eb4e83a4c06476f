"""Optional libraries: imported on use, with an error that says what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from iodkit.errors import MissingDependencyError

__all__ = ["import_library"]


def import_library(module: str, distribution: str) -> Any:
    """Import an optional library.

    Parameters
    ----------
    module : str
        Name of the module.
    distribution : str
        Name of the distribution that pip installs.

    Returns
    -------
    module
        The module.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"this conversion needs {module}", remedy=f"Run: pip install {distribution}"
        ) from error
