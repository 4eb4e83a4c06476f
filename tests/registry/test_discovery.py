"""What is found, and what a broken plugin does to itself and not to the others."""

import threading
import warnings

import pytest

from iodkit.errors import InvalidValueError, PluginError, PluginWarning
from iodkit.registry import Registry, Settings, load_group

UID = "1.2.3.4"
OTHER = "1.2.3.5"

BROKEN = {
    "import": ("import", "import no_such_module_at_all", "ModuleNotFoundError"),
    "syntax": ("import", "def f(:\n    pass", "SyntaxError"),
    "exit": ("import", "import sys; sys.exit(3)", "SystemExit"),
    "raises": ("import", "raise RuntimeError('on import')", "on import"),
    "generator-exit": ("import", "raise GeneratorExit", "GeneratorExit"),
    "no-hook": ("register", "x = 1", "no hook"),
    "typo": (
        "register",
        "from iodkit.registry import *\n@hookimpl\ndef iodkit_register_iod():\n    return []",
        "iodkit_register_iod",
    ),
    "signature": (
        "register",
        "from iodkit.registry import *\n@hookimpl\ndef iodkit_register_iods(x):\n    return []",
        "iodkit_register_iods",
    ),
    "wrapper": (
        "register",
        (
            "from iodkit.registry import *\n@hookimpl(wrapper=True)\n"
            "def iodkit_register_iods():\n    return (yield)"
        ),
        "wrapper",
    ),
    "hook": (
        "hook",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    raise KeyError('inside the hook')"
        ),
        "inside the hook",
    ),
    "hook-exit": (
        "hook",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    raise SystemExit(1)"
        ),
        "SystemExit",
    ),
    "bad-field": (
        "hook",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    return [IODEntry('x', 'K', 'fam', 'a:b')]"
        ),
        "sop_class_uid",
    ),
    "none": (
        "hook",
        "from iodkit.registry import *\n@hookimpl\ndef iodkit_register_iods():\n    return None",
        "NoneType",
    ),
    "mapping": (
        "hook",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    return {'1.2': 'a:b'}"
        ),
        "dict",
    ),
    "dict-record": (
        "records",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    return [{'sop_class_uid': '1.2'}]"
        ),
        "dict",
    ),
    "wrong-record": (
        "records",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    return [CommandEntry('x', '', 'a:b')]"
        ),
        "CommandEntry",
    ),
    "generator": (
        "hook",
        (
            "from iodkit.registry import *\n@hookimpl\n"
            "def iodkit_register_iods():\n    yield 1\n    raise OSError('half way')"
        ),
        "half way",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_one_problem_one_warning_and_the_others_work(world, case):
    stage, body, text = BROKEN[case]
    world.install("broken", body)
    world.iods("acme", UID)
    registry = world.registry()
    with pytest.warns(PluginWarning) as caught:
        entry = registry.lookup(UID)
    assert len(caught) == 1
    assert text in str(caught[0].message)
    assert "broken 1.0" in str(caught[0].message)
    assert entry.implementation == "acme.sop:Thing"
    (problem,) = registry.problems()
    assert (problem.plugin, problem.distribution, problem.stage) == ("broken", "broken", stage)
    assert text in problem.error
    states = {info.name: info.state for info in registry.plugins()}
    assert states == {"acme": "active", "broken": "degraded" if stage == "records" else "broken"}
    # Said once, listed for ever.
    assert registry.lookup(UID) is entry
    registry.refresh()
    assert registry.lookup(UID) == entry
    assert registry.problems() == (problem,)


def test_keyboard_interrupt_is_the_users_and_passes_through(world):
    world.install("impatient", "raise KeyboardInterrupt")
    registry = world.registry()
    with pytest.raises(KeyboardInterrupt):
        registry.lookup(UID)
    # Nothing is left locked or half built.
    with pytest.raises(KeyboardInterrupt):
        registry.lookup(UID)


def test_right_records_of_a_plugin_stay_when_others_are_wrong(world):
    world.install(
        "half",
        f"""
        from iodkit.registry import *
        @hookimpl
        def iodkit_register_iods():
            return [IODEntry('{UID}', 'Good', 'half', 'half.sop:Thing'), 'wrong']
        """,
    )
    registry = world.registry()
    with pytest.warns(PluginWarning, match="works in part"):
        assert registry.lookup_keyword("Good").sop_class_uid == UID
    (info,) = registry.plugins()
    assert info.state == "degraded"
    assert len(info.iods) == 1


def test_one_uid_twice_in_one_plugin_is_its_problem_and_the_first_record_counts(world):
    world.install(
        "twice",
        f"""
        from iodkit.registry import *
        @hookimpl
        def iodkit_register_iods():
            return [IODEntry('{UID}', 'One', 'f', 'a:B'), IODEntry('{UID}', 'Two', 'f', 'a:C')]
        """,
    )
    registry = world.registry()
    with pytest.warns(PluginWarning, match="twice"):
        assert registry.lookup(UID).keyword == "One"


def test_another_api_version_is_listed_and_not_imported(world):
    world.install("future", "raise AssertionError('imported')", group="test.iods.v2")
    world.install("ancient", "raise AssertionError('imported')", group="test.iods")
    world.install("elsewhere", "raise AssertionError('imported')", group="test.iodsx.v1")
    registry = world.registry()
    with pytest.warns(PluginWarning) as caught:
        registry.entries()
    assert ["ancient" in str(each.message) for each in caught] == [True, False]
    assert "test.iods.v2" in str(caught[1].message)
    states = {info.name: info.state for info in registry.plugins()}
    assert states == {"future": "incompatible", "ancient": "incompatible"}
    assert {problem.stage for problem in registry.problems()} == {"discovery"}


def test_a_plugin_for_two_api_versions_is_no_problem(world):
    folder = world.iods("both", UID)
    points = folder / "both-1.0.dist-info" / "entry_points.txt"
    points.write_text(points.read_text() + "[test.iods.v2]\nboth = both.no_such_module\n")
    registry = world.registry()
    assert registry.lookup(UID) is not None
    assert registry.problems() == ()


@pytest.mark.parametrize("names", ["acme", "acme-iod", "Acme_IOD", "other, acme.iod"])
def test_disabled_plugins_are_not_imported_but_listed(world, monkeypatch, names):
    world.install("acme-iod", "raise AssertionError('imported')", name="acme")
    monkeypatch.setenv("IODKIT_DISABLE_PLUGINS", names)
    registry = world.registry()
    assert registry.lookup(UID) is None
    assert [info.state for info in registry.plugins()] == ["disabled"]
    assert registry.problems() == ()


def test_autoload_off_looks_at_nothing_but_what_is_registered_by_hand(world, monkeypatch):
    world.install("acme", "raise AssertionError('imported')")
    monkeypatch.setenv("IODKIT_DISABLE_AUTOLOAD", "1")
    registry = world.registry()
    assert registry.entries() == ()
    assert registry.plugins() == ()
    monkeypatch.setenv("IODKIT_DISABLE_AUTOLOAD", "0")
    registry.refresh()
    with pytest.warns(PluginWarning, match="imported"):
        assert registry.entries() == ()


def test_strict_makes_a_problem_an_error_and_still_lists(world, monkeypatch):
    world.install("broken", "import no_such_module_at_all")
    world.iods("acme", UID)
    monkeypatch.setenv("IODKIT_STRICT_PLUGINS", "1")
    registry = world.registry()
    for _ in range(2):
        with pytest.raises(PluginError, match="no_such_module_at_all") as caught:
            registry.lookup(UID)
        assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    assert len(registry.plugins()) == 2
    assert len(registry.problems()) == 1
    monkeypatch.setenv("IODKIT_STRICT_PLUGINS", "0")
    registry.refresh()
    with pytest.warns(PluginWarning):
        assert registry.lookup(UID)


def test_strict_without_problems_changes_nothing(world, monkeypatch):
    world.iods("acme", UID)
    monkeypatch.setenv("IODKIT_STRICT_PLUGINS", "true")
    assert world.registry().lookup(UID)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IODKIT_DISABLE_AUTOLOAD", "perhaps"),
        ("IODKIT_STRICT_PLUGINS", "2"),
        ("IODKIT_PREFER", "1.2.3"),
        ("IODKIT_PREFER", "1.2.3="),
        ("IODKIT_PREFER", "x=seg"),
    ],
)
def test_settings_that_mean_nothing_are_errors_that_name_the_variable(
    world, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidValueError) as caught:
        world.registry().lookup(UID)
    assert caught.value.attribute == name


def test_settings_from_the_environment():
    settings = Settings.from_environment(
        {"IODKIT_DISABLE_PLUGINS": "a, B_c ,", "IODKIT_PREFER": "1.2=x, 1.3 = y,"}
    )
    assert settings.disabled == {"a", "b-c"}
    assert settings.preferences == {"1.2": "x", "1.3": "y"}
    assert settings.autoload
    assert not settings.strict


def test_a_plugin_in_a_zip_file_works(world):
    world.iods("zipped", UID, zipped=True)
    registry = world.registry()
    assert registry.implementation(UID).__module__ == "zipped.sop"
    assert registry.plugins()[0].version == "1.0"


def test_a_plugin_installed_editable_works(world):
    world.iods("edit", UID, editable=True)
    assert world.registry().implementation(UID).__module__ == "edit.sop"


def test_a_distribution_that_is_on_the_path_twice_counts_once_and_the_first_wins(world):
    world.iods("acme", UID, version="1.0")
    world.iods("acme", UID, version="2.0")
    (info,) = world.registry().plugins()
    assert info.version == "2.0"


def test_a_copy_that_is_shadowed_by_one_without_plugins_does_not_count(world):
    world.iods("acme", UID, version="1.0")
    newer = world.iods("acme", UID, version="2.0")
    (newer / "acme-2.0.dist-info" / "entry_points.txt").write_text("")
    assert world.registry().plugins() == ()


def test_broken_metadata_of_one_distribution_leaves_the_others_alone(world):
    world.install("nameless", "", metadata="Version: 1\n")
    world.iods("acme", UID)
    registry = world.registry()
    with pytest.warns(PluginWarning) as caught:
        assert registry.lookup(UID)
    assert len(caught) == 1
    (problem,) = registry.problems()
    assert problem.stage == "discovery"
    assert "nameless" in problem.distribution


def test_two_distributions_may_name_their_entry_points_alike(world):
    world.iods("first", UID, name="plugin")
    world.iods("second", OTHER, name="plugin")
    registry = world.registry()
    assert [entry.sop_class_uid for entry in registry.entries()] == [UID, OTHER]
    assert [info.distribution for info in registry.plugins()] == ["first", "second"]


def test_a_plugin_installed_after_the_first_look_up_is_seen_after_refresh(world):
    world.iods("acme", UID)
    registry = world.registry()
    assert registry.lookup(OTHER) is None
    # Into a folder that has been listed before: caches must not hide it.
    later = world.folder / "acme-1.0"
    source = world.iods("later", OTHER)
    for item in list(source.iterdir()):
        item.rename(later / item.name)
    world.monkeypatch.setattr("sys.path", [p for p in __import__("sys").path if p != str(source)])
    assert registry.lookup(OTHER) is None
    registry.refresh()
    assert registry.implementation(OTHER).__module__ == "later.sop"


def test_a_repaired_plugin_works_after_refresh(world):
    folder = world.install("fixme", "import no_such_module_at_all")
    registry = world.registry()
    with pytest.warns(PluginWarning):
        registry.entries()
    world.iods("donor", UID)
    (folder / "fixme" / "_plugin.py").write_text(
        (world.folder / "donor-1.0" / "donor" / "_plugin.py").read_text().replace(UID, OTHER)
    )
    registry.refresh()
    assert registry.lookup(OTHER) is not None
    assert registry.problems() == ()


def test_eight_threads_at_first_use_load_once_and_see_the_same(world):
    world.install(
        "tallied",
        f"""
        import builtins, time
        from iodkit.registry import *
        builtins.iodkit_test_count = getattr(builtins, 'iodkit_test_count', 0)
        @hookimpl
        def iodkit_register_iods():
            builtins.iodkit_test_count += 1
            time.sleep(0.05)
            return [IODEntry('{UID}', 'Counted', 'tallied', 'tallied.sop:Thing')]
        """,
        files={"tallied/sop.py": "class Thing: pass\n"},
    )
    registry = world.registry()
    barrier = threading.Barrier(8)
    results, errors = [], []

    def work():
        try:
            barrier.wait()
            results.append((registry.lookup(UID), registry.implementation(UID)))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    import builtins

    try:
        assert errors == []
        assert len(results) == 8
        assert len({id(entry) for entry, _ in results}) == 1
        assert len({implementation for _, implementation in results}) == 1
        assert builtins.iodkit_test_count == 1
    finally:
        del builtins.iodkit_test_count


def test_a_plugin_that_uses_the_registry_while_it_is_imported_is_told_so(world):
    registry = world.registry()
    import builtins

    builtins.iodkit_test_registry = registry
    world.install("eager", "import builtins; builtins.iodkit_test_registry.lookup('1.2')")
    try:
        with pytest.warns(PluginWarning, match="while its plugins are being imported"):
            assert registry.lookup(UID) is None
    finally:
        del builtins.iodkit_test_registry


def test_a_warning_that_is_an_error_by_the_users_filter_leaves_the_registry_usable(world):
    world.install("broken", "import no_such_module_at_all")
    world.iods("acme", UID)
    registry = world.registry()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PluginWarning):
            registry.lookup(UID)
        assert registry.lookup(UID) is not None


def test_the_loader_serves_other_groups_too(world):
    world.install("tmpl", "TEMPLATES = [1500]", group="test.sr.v3")
    discovery = load_group("test.sr.v3")
    (plugin,) = discovery.loaded
    assert plugin.plugin.TEMPLATES == [1500]
    assert (plugin.name, plugin.distribution, plugin.version) == ("tmpl", "tmpl", "1.0")
    assert load_group("test.sr.v3", Settings(autoload=False)).loaded == ()
    with pytest.raises(InvalidValueError, match="versioned"):
        load_group("test.sr")


def test_registries_are_independent(world):
    world.iods("acme", UID)
    assert world.registry().lookup(UID) is not None
    assert Registry("test.other.v1").lookup(UID) is None
