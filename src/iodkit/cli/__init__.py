"""The command ``iodkit``: lists plugins, and runs the sub-commands that plugins add."""

from iodkit.cli.app import main

__all__ = ["main"]
