"""The command ``iodkit``: lists plugins, checks files, and runs what plugins add."""

from iodkit.cli.app import main

__all__ = ["main"]
