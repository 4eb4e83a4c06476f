"""The command ``iodkit``: plugins, files, and the sub-commands that plugins add."""

from iodkit.cli.app import main

__all__ = ["main"]
