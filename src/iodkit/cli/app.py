"""The command line: own sub-commands, and those of plugins, imported when they are called."""

from __future__ import annotations

import argparse
import sys
import warnings
from typing import TYPE_CHECKING

from iodkit.cli import listing, validate
from iodkit.errors import IodkitError, PluginConflictError, PluginWarning
from iodkit.registry import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.registry import CommandEntry

__all__ = ["main"]

_OWN = ("info", "plugins", "validate")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command ``iodkit``.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        Exit code: 0, 1 if there are problems, 2 if the command cannot be run.

    Raises
    ------
    SystemExit
        For ``--help``, ``--version`` and wrong arguments, as argparse does.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] not in _OWN and not arguments[0].startswith("-"):
            command = _find_command(arguments[0])
            if command is not None:
                return _run(command, arguments[1:])
        return _run_own(arguments)
    except IodkitError as error:
        print(f"iodkit: {error}", file=sys.stderr)
        return 2


def _commands() -> tuple[CommandEntry, ...]:
    """List the plugins' commands; what is wrong with other plugins does not belong here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        return registry.commands()


def _find_command(name: str) -> CommandEntry | None:
    found = [command for command in _commands() if command.name == name]
    if len(found) > 1:
        raise PluginConflictError(
            f"several plugins have a command {name!r}: "
            + " and ".join(command.reference for command in found),
            remedy="Switch one of them off with IODKIT_DISABLE_PLUGINS",
        )
    return found[0] if found else None


def _run(command: CommandEntry, arguments: list[str]) -> int:
    result = registry.load(command)(arguments)
    return result if isinstance(result, int) else 0


def _run_own(arguments: list[str]) -> int:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.version:
        print(f"iodkit {listing.version()}")
        return 0
    if chosen.command == "plugins":
        return listing.list_plugins(as_json=chosen.json)
    if chosen.command == "validate":
        return validate.validate_files(chosen)
    if chosen.command == "info":
        # NumPy and pydicom are loaded only where files are read.
        from iodkit.cli.info import describe_files

        return describe_files(chosen.files, as_json=chosen.json)
    parser.print_help()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="iodkit", description="Create, read, query and check DICOM's derived objects."
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="command")
    plugins = commands.add_parser(
        "plugins", help="list the installed plugins and what is wrong with them"
    )
    plugins.add_argument("--json", action="store_true", help="for programs")
    validate.add_parser(commands)
    info = commands.add_parser("info", help="say what files hold, but not whose they are")
    info.add_argument("files", nargs="+", metavar="FILE", help="DICOM file")
    info.add_argument("--json", action="store_true", help="for programs")
    known: set[str] = set(_OWN)
    for command in _plugin_commands():
        if command.name not in known:
            known.add(command.name)
            # Only for the list in the help: `main` runs them before this parser sees them.
            commands.add_parser(command.name, help=command.help.replace("%", "%%"))
    return parser


def _plugin_commands() -> tuple[CommandEntry, ...]:
    """List the plugins' commands for the help, which must be printed even in strict mode."""
    try:
        return _commands()
    except IodkitError:
        return ()
