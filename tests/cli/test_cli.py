import builtins
import json
import subprocess
import sys
from importlib.metadata import version

import pytest

import iodkit.cli.app
import iodkit.cli.listing
from iodkit.cli import main
from iodkit.errors import InvalidValueError
from iodkit.registry import CommandEntry, IODEntry, Registry, hookimpl

calls = []


def record(argv):
    calls.append(argv)
    return 7


def quiet(argv):
    calls.append(argv)


def fails(argv):
    raise InvalidValueError("no such file", found=argv[0])


class Plugin:
    @hookimpl
    def iodkit_register_iods(self):
        return [
            IODEntry(f"1.2.3.{n}", f"Thing{n}Storage", "thing", "fractions:Fraction")
            for n in range(5)
        ]

    @hookimpl
    def iodkit_cli_commands(self):
        return [
            CommandEntry("record", "Record 100% of the calls", f"{__name__}:record"),
            CommandEntry("quiet", "Say nothing", f"{__name__}:quiet"),
            CommandEntry("fails", "Fail", f"{__name__}:fails"),
            CommandEntry("broken", "Not there", "no_such_module_at_all:main"),
        ]


@pytest.fixture
def registry(monkeypatch):
    calls.clear()
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())
    own = Registry("test.cli.v1")
    own.register(Plugin(), "thing")
    monkeypatch.setattr(iodkit.cli.app, "registry", own)
    monkeypatch.setattr(iodkit.cli.listing, "registry", own)
    return own


def _this_module():
    import types

    module = types.ModuleType(__name__)
    module.__dict__.update(globals())
    return module


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"iodkit {version('iodkit')}\n"


def test_plugins_as_a_table(registry, capsys):
    assert main(["plugins"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["plugin", "distribution", "version", "state", "IODs"]
    assert row.split()[:4] == ["thing", "-", "-", "active"]
    assert "Thing0Storage" in row
    assert "and 2 more" in row


def test_plugins_as_json(registry, capsys):
    assert main(["plugins", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["iodkit"] == version("iodkit")
    (plugin,) = content["plugins"]
    assert plugin["state"] == "active"
    assert plugin["distribution"] is None
    assert len(plugin["iods"]) == 5
    assert plugin["iods"][1] == {
        "sop_class_uid": "1.2.3.1",
        "keyword": "Thing1Storage",
        "name": "",
        "family": "thing",
        "implementation": "fractions:Fraction",
    }
    assert content["problems"] == []


def test_problems_are_listed_and_make_the_exit_code_one(registry, capsys):
    class Rival:
        @hookimpl
        def iodkit_register_iods(self):
            return [IODEntry("1.2.3.1", "Thing1Storage", "rival", "fractions:Fraction")]

    registry.register(Rival(), "rival")
    assert main(["plugins"]) == 1
    out = capsys.readouterr().out
    assert "problem: plugin 'rival', conflict:" in out
    assert main(["plugins", "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {problem["plugin"] for problem in problems} == {"rival", "thing"}


def test_broken_plugins_are_listed_without_warnings_in_strict_mode_too(tmp_path):
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[iodkit.iods.v1]\nacme = no_such_module_at_all\n")
    for strict in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-W", "error", "-m", "iodkit", "plugins"],
            env={"PYTHONPATH": str(tmp_path), "IODKIT_STRICT_PLUGINS": strict},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 1, result.stderr
        assert result.stderr == ""
        assert "problem: plugin 'acme' of acme, import: ModuleNotFoundError" in result.stdout
        assert "broken" in result.stdout


def test_no_plugins(monkeypatch, capsys):
    monkeypatch.setattr(iodkit.cli.listing, "registry", Registry("test.none.v1"))
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "No plugins are installed.\n"


def test_a_sub_command_gets_its_arguments_and_gives_the_exit_code(registry):
    assert main(["record", "--help", "a", "-x"]) == 7
    assert main(["quiet"]) == 0
    assert calls == [["--help", "a", "-x"], []]


def test_a_broken_sub_command_fails_with_a_message_and_the_others_work(registry, capsys):
    assert main(["broken"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("iodkit: plugin 'thing', load: no_such_module_at_all:main")
    assert main(["record"]) == 7


def test_an_error_of_ours_in_a_sub_command_is_a_message(registry, capsys):
    assert main(["fails", "x.dcm"]) == 2
    assert capsys.readouterr().err == "iodkit: no such file; found 'x.dcm'\n"


def test_two_plugins_with_one_command(registry, capsys):
    class Rival:
        @hookimpl
        def iodkit_cli_commands(self):
            return [CommandEntry("record", "Mine", "other:main")]

    registry.register(Rival(), "rival")
    assert main(["record"]) == 2
    assert "several plugins have a command 'record'" in capsys.readouterr().err
    assert main(["quiet"]) == 0


def test_a_plugin_cannot_take_over_plugins(registry, capsys):
    class Rival:
        @hookimpl
        def iodkit_cli_commands(self):
            return [CommandEntry("plugins", "Mine", f"{__name__}:record")]

    registry.register(Rival(), "rival")
    assert main(["plugins"]) == 0
    assert calls == []


def test_help_lists_the_commands_of_plugins(registry, capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "Record 100% of the calls" in out
    assert "plugins" in out
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == out


def test_unknown_commands_are_usage_errors(registry, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["nothing"])
    assert caught.value.code == 2
    assert "invalid choice: 'nothing'" in capsys.readouterr().err


def test_a_terminal_gets_the_table_without_rich_too(registry, capsys, monkeypatch):
    original = builtins.__import__

    def without_rich(name, *args, **kwargs):
        if name.partition(".")[0] == "rich":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_rich)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out.startswith("plugin")


def test_a_terminal_gets_a_rich_table_if_rich_is_there(registry, capsys, monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["plugins"]) == 0
    out = capsys.readouterr().out
    assert not out.startswith("plugin")
    assert "thing" in out
