"""Looking things up: conflicts, preferences, registration by hand, resolution, other records."""

import sys
import types

import pytest

import iodkit
from iodkit import registry as package
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    NotFoundError,
    PluginConflictError,
    PluginError,
    PluginWarning,
)
from iodkit.registry import CommandEntry, ConformanceEntry, IODEntry, Registry, RuleEntry, hookimpl
from iodkit.registry.reserved import Reserved

UID = "1.2.3.4"
OTHER = "1.2.3.5"


class Hand:
    """A plugin that is registered by hand; the class it offers is in this module."""

    def __init__(self, *records):
        self.records = records

    @hookimpl
    def iodkit_register_iods(self):
        return self.records


def entry(uid=UID, family="hand", keyword="Thing", implementation="fractions:Fraction"):
    return IODEntry(uid, keyword, family, implementation)


def test_look_ups(world):
    world.iods("acme", OTHER, UID, family="acme")
    registry = world.registry()
    found = registry.lookup(UID)
    assert (found.sop_class_uid, found.family) == (UID, "acme")
    assert registry.lookup_keyword("Keyword1_2_3_4") == found
    assert registry.lookup("9.9") is None
    assert registry.lookup_keyword("Nothing") is None
    assert [each.sop_class_uid for each in registry.entries()] == [UID, OTHER]
    assert registry.entries("other") == ()
    assert registry.families() == ("acme",)
    assert registry.implementation("9.9") is None
    assert registry.resolve("9.9", object()) is None
    implementation = registry.implementation(UID)
    assert implementation is sys.modules["acme.sop"].Thing
    assert registry.load(found) is implementation


def test_looking_up_imports_no_implementation(world):
    world.iods("acme", UID)
    assert world.registry().lookup(UID)
    assert "acme.sop" not in sys.modules


def test_two_claims_are_an_error_for_that_uid_only_that_names_both(world):
    world.iods("acme", UID, OTHER, family="acme")
    world.iods("zeta", UID, family="zeta")
    registry = world.registry()
    for use in (registry.lookup, registry.implementation, lambda uid: registry.resolve(uid, None)):
        with pytest.raises(PluginConflictError) as caught:
            use(UID)
        text = str(caught.value)
        assert "'acme' of acme" in text
        assert "'zeta' of zeta" in text
        assert "IODKIT_PREFER" in text
        assert UID in text
    assert registry.lookup(OTHER).family == "acme"
    assert [each.sop_class_uid for each in registry.entries()] == [OTHER]
    assert registry.families() == ("acme", "zeta")
    assert [(p.plugin, p.stage) for p in registry.problems()] == [
        ("acme", "conflict"),
        ("zeta", "conflict"),
    ]


@pytest.mark.parametrize("order", [("acme-one", "zeta-two"), ("zeta-two", "acme-one")])
@pytest.mark.parametrize("choice", ["zeta-two", "Zeta_Two", "zeta"])
def test_a_preference_decides_whatever_the_order_of_installation(world, order, choice):
    for distribution in order:
        world.iods(distribution, UID, family=distribution.partition("-")[0])
    registry = world.registry()
    with pytest.raises(PluginConflictError):
        registry.lookup(UID)
    registry.prefer(UID, choice)
    assert registry.lookup(UID).family == "zeta"
    assert registry.implementation(UID).__module__ == "zeta_two.sop"
    assert registry.problems() == ()
    registry.refresh()
    assert registry.lookup(UID).family == "zeta"
    registry.prefer(UID, None)
    with pytest.raises(PluginConflictError):
        registry.lookup(UID)


def test_a_preference_from_the_environment_and_the_one_by_code_goes_first(world, monkeypatch):
    world.iods("acme", UID, family="acme")
    world.iods("zeta", UID, family="zeta")
    monkeypatch.setenv("IODKIT_PREFER", f"{UID}=acme, 9.9=nobody")
    registry = world.registry()
    assert registry.lookup(UID).family == "acme"
    registry.prefer(UID, "zeta")
    assert registry.lookup(UID).family == "zeta"


def test_a_preference_that_decides_nothing_leaves_the_conflict(world):
    world.iods("acme", UID, family="same")
    world.iods("zeta", UID, family="same")
    registry = world.registry()
    registry.prefer(UID, "nobody")
    with pytest.raises(PluginConflictError, match="'nobody' fits none"):
        registry.lookup(UID)
    registry.prefer(UID, "same")
    with pytest.raises(PluginConflictError, match="'same' fits several"):
        registry.lookup(UID)
    registry.prefer(UID, "acme")
    assert registry.implementation(UID).__module__ == "acme.sop"


def test_a_preference_does_not_touch_what_is_not_in_conflict(world):
    world.iods("acme", UID)
    registry = world.registry()
    registry.prefer(UID, "nobody")
    assert registry.lookup(UID)


def test_preferences_are_checked():
    registry = Registry("test.none.v1")
    with pytest.raises(InvalidValueError):
        registry.prefer("not a uid", "acme")
    with pytest.raises(InvalidTypeError):
        registry.prefer(UID, 5)
    with pytest.raises(InvalidValueError):
        registry.prefer(UID, " ")


def test_one_keyword_for_two_sop_classes_is_a_conflict():
    registry = Registry("test.none.v1")
    registry.register(Hand(entry(UID)), "a")
    registry.register(Hand(entry(OTHER)), "b")
    with pytest.raises(PluginConflictError, match=UID):
        registry.lookup_keyword("Thing")
    assert registry.lookup(UID)


def test_register_by_hand_and_unregister(world):
    world.iods("acme", OTHER)
    registry = world.registry()
    assert registry.lookup(UID) is None
    name = registry.register(Hand(entry()), "mine")
    assert name == "mine"
    assert registry.implementation(UID).__name__ == "Fraction"
    assert next((i.name, i.distribution, i.state) for i in registry.plugins()) == (
        "mine",
        "",
        "active",
    )
    registry.refresh()
    assert registry.lookup(UID)
    registry.unregister("mine")
    assert registry.lookup(UID) is None
    assert registry.lookup(OTHER)
    with pytest.raises(NotFoundError):
        registry.unregister("mine")


def test_registering_by_hand_gives_a_name_and_refuses_a_second_time():
    registry = Registry("test.none.v1")
    module = types.ModuleType("some_module")
    module.iodkit_register_iods = hookimpl(lambda: [entry()])
    plugin = Hand(entry(OTHER))
    assert registry.register(module) == "some_module"
    assert registry.register(plugin) == "Hand"
    with pytest.raises(InvalidValueError, match="name"):
        registry.register(Hand(), "Hand")
    with pytest.raises(InvalidValueError, match="already"):
        registry.register(plugin, "again")


def test_a_conflict_with_one_registered_by_hand_is_decided_by_its_name(world):
    world.iods("acme", UID)
    registry = world.registry()
    registry.register(Hand(entry(family="fam")), "mine")
    with pytest.raises(PluginConflictError, match="registered by hand"):
        registry.lookup(UID)
    registry.prefer(UID, "mine")
    assert registry.implementation(UID).__name__ == "Fraction"


@pytest.mark.parametrize(
    ("plugin", "text"),
    [
        (Hand("wrong"), "a str where a IODEntry belongs"),
        (Hand(entry(), entry()), "twice"),
        (Hand(entry(family="spatial")), "reserved"),
        (Hand(entry(family="seg")), "reserved"),
        (object(), "no hook"),
        (5, "no hook"),
    ],
)
def test_what_is_wrong_with_a_plugin_registered_by_hand_is_told_at_once(plugin, text):
    registry = Registry("test.none.v1")
    with pytest.raises(PluginError, match=text):
        registry.register(plugin, "mine")
    assert registry.plugins() == ()
    assert registry.problems() == ()


def test_kernel_module_names_are_reserved(world):
    world.iods("acme", UID, family="spatial")
    world.iods("good", OTHER, family="good")
    registry = world.registry()
    with pytest.warns(PluginWarning, match="reserved"):
        assert registry.lookup(UID) is None
    assert registry.lookup(OTHER)
    (problem,) = registry.problems()
    assert (problem.plugin, problem.stage) == ("acme", "records")


def test_a_facade_belongs_to_its_distribution_and_to_no_other(world):
    kernel = types.ModuleType("kernel")
    root = world.folder / "kernel"
    root.mkdir()
    (root / "acme.py").write_text("")
    (root / "core.py").write_text("")
    kernel.__path__ = [str(root)]
    kernel.__facades__ = {"acme": "Acme_IOD"}
    world.iods("acme-iod", UID, family="acme")
    world.iods("impostor", OTHER, family="acme")
    registry = Registry("test.iods.v1", kernel)
    with pytest.warns(PluginWarning, match="impostor"):
        assert registry.lookup(UID).family == "acme"
    assert registry.lookup(OTHER) is None


def test_every_module_of_the_kernel_is_reserved_and_the_facades_are_those_of_its_table():
    reserved = Reserved.of_package(iodkit)
    assert {"registry", "spatial", "seg", "image", "errors"} <= reserved.names
    families = ("image", "seg", "sr", "ko")
    assert reserved.facades == {family: f"iodkit-{family}" for family in families}
    assert not reserved.forbids("seg", "iodkit-seg")
    assert reserved.forbids("seg", "acme")
    assert reserved.forbids("registry", "iodkit-seg")
    assert not reserved.forbids("acme", "acme")


def test_an_implementation_that_cannot_be_imported_names_plugin_and_distribution(world):
    folder = world.iods("acme", UID, OTHER)
    (folder / "acme" / "sop.py").write_text("import no_such_module_at_all")
    registry = world.registry()
    assert registry.lookup(UID)
    for _ in range(2):
        with pytest.raises(PluginError) as caught:
            registry.implementation(UID)
        assert "plugin 'acme' of acme" in str(caught.value)
        assert "no_such_module_at_all" in str(caught.value)
        assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    (problem,) = registry.problems()
    assert (problem.plugin, problem.stage) == ("acme", "load")
    (folder / "acme" / "sop.py").write_text("class Thing: pass")
    __import__("importlib").invalidate_caches()
    assert registry.implementation(UID)


@pytest.mark.parametrize("reference", ["acme.sop:nothing", "acme.sop:function", "acme.sop:number"])
def test_an_implementation_that_is_no_class_is_an_error(world, reference):
    world.install("acme", "", files={"acme/sop.py": "def function(): pass\nnumber = 5\n"})
    registry = Registry("test.none.v1")
    registry.register(Hand(entry(implementation=reference)), "mine")
    with pytest.raises(PluginError, match="'mine'"):
        registry.implementation(UID)


class Resolver:
    def __init__(self, answer, iods=()):
        self.answer = answer
        self.iods = iods
        self.seen = []

    @hookimpl
    def iodkit_register_iods(self):
        return list(self.iods)

    @hookimpl
    def iodkit_resolve_iod(self, dataset, candidates):
        self.seen.append((dataset, candidates))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def test_a_resolver_chooses_a_more_specific_class():
    registry = Registry("test.none.v1")
    resolver = Resolver("decimal:Decimal")
    registry.register(Hand(entry()), "base")
    registry.register(resolver, "specific")
    dataset = object()
    assert registry.resolve(UID, dataset).__name__ == "Decimal"
    assert resolver.seen == [(dataset, (entry(),))]
    resolver.answer = None
    assert registry.resolve(UID, dataset).__name__ == "Fraction"
    assert registry.implementation(UID).__name__ == "Fraction"


def test_resolvers_are_asked_in_alphabetical_order_and_the_first_answer_counts():
    for names in (("a", "b"), ("b", "a")):
        registry = Registry("test.none.v1")
        plugins = {"a": Resolver("decimal:Decimal"), "b": Resolver("fractions:Fraction")}
        for name in names:
            registry.register(plugins[name], name)
        assert registry.resolve(UID, None).__name__ == "Decimal"
        assert plugins["b"].seen == []


def test_a_resolver_may_want_the_dataset_only_and_candidates_come_preferred_first():
    class Lean:
        @hookimpl(tryfirst=True)
        def iodkit_resolve_iod(self, candidates):
            seen.append([each.family for each in candidates])

    seen = []
    registry = Registry("test.none.v1")
    registry.register(Hand(entry(family="aaa")), "one")
    registry.register(Hand(entry(family="bbb")), "two")
    registry.register(Lean(), "zlean")
    registry.prefer(UID, "bbb")
    assert registry.resolve(UID, None).__name__ == "Fraction"
    assert seen == [["bbb", "aaa"]]


@pytest.mark.parametrize("answer", [RuntimeError("no"), SystemExit(1), "no reference", 5, int])
def test_a_resolver_that_fails_is_reported_once_and_passed_over(answer):
    registry = Registry("test.none.v1")
    registry.register(Hand(entry()), "base")
    registry.register(Resolver(answer), "faulty")
    with pytest.warns(PluginWarning, match="faulty") as caught:
        assert registry.resolve(UID, None).__name__ == "Fraction"
    assert len(caught) == 1
    assert registry.resolve(UID, None).__name__ == "Fraction"
    (problem,) = registry.problems()
    assert (problem.plugin, problem.stage) == ("faulty", "resolve")


def test_a_class_that_a_resolver_names_and_that_is_missing_is_the_resolvers_problem():
    registry = Registry("test.none.v1")
    registry.register(Resolver("no_such_module_at_all:Thing"), "faulty")
    with pytest.raises(PluginError, match="'faulty'"):
        registry.resolve(UID, None)


EVERYTHING = """
from iodkit.registry import *

@hookimpl
def iodkit_register_modules():
    return [ModuleEntry("Widget", "{package}:tables/widget.json", "PS3.3 X")]

@hookimpl
def iodkit_register_macros():
    return [MacroEntry("00191101", "{package}.code:macros")]

@hookimpl
def iodkit_validation_rules():
    return [
        RuleEntry("all", "PS3.5", "warning", "{package}.code:check"),
        RuleEntry("one", "PS3.3", "error", "{package}.code:check", ("1.2.3.4",)),
    ]

@hookimpl
def iodkit_cli_commands():
    return [CommandEntry("{package}", "Do it", "{package}.code:main")]

@hookimpl
def iodkit_conformance_cases():
    return [ConformanceEntry("1.2.3.4", "{package}.code:cases")]
"""
CODE = (
    "def check(ds): return [ds]\ndef main(argv): return len(argv)\ndef cases(): return ['case']\n"
    "def macros(): return ['macro']\n"
)


def test_modules_rules_commands_and_cases(world):
    files = {"acme/code.py": CODE}
    world.install("acme", EVERYTHING.format(package="acme"), files=files)
    registry = world.registry()
    (module,) = registry.modules()
    assert registry.module("Widget") == module
    assert registry.module("Nothing") is None
    assert [rule.code for rule in registry.rules(UID)] == ["all", "one"]
    assert [rule.code for rule in registry.rules(OTHER)] == ["all"]
    (command,) = registry.commands()
    (case,) = registry.conformance(UID)
    assert registry.conformance(OTHER) == ()
    assert "acme.code" not in sys.modules
    assert registry.load(registry.rules(UID)[0])("x") == ["x"]
    assert registry.load(command)(["a", "b"]) == 2
    assert registry.load(case)() == ["case"]
    (macro,) = registry.macros()
    assert registry.load(macro)() == ["macro"]


def test_a_reference_that_cannot_be_called_or_found_names_its_plugin(world):
    world.install("acme", EVERYTHING.format(package="acme"), files={"acme/code.py": "main = 5"})
    registry = world.registry()
    with pytest.raises(PluginError, match=r"'acme' of acme.*nothing to call"):
        registry.load(registry.commands()[0])
    with pytest.raises(PluginError, match=r"'acme' of acme.*cases"):
        registry.load(registry.conformance(UID)[0])
    assert [problem.stage for problem in registry.problems()] == ["load", "load"]


def test_a_record_of_nobody_can_be_loaded_but_not_attributed():
    registry = Registry("test.none.v1")
    assert registry.load(CommandEntry("x", "", "os.path:join"))
    with pytest.raises(PluginError):
        registry.load(ConformanceEntry(UID, "no_such_module_at_all:cases"))
    assert registry.load(RuleEntry("x", "", "info", "os.path:join"))


def test_two_tables_for_one_module_are_a_conflict_for_that_module_only(world):
    for package_name in ("acme", "zeta"):
        world.install(package_name, EVERYTHING.format(package=package_name))
    registry = world.registry()
    with pytest.raises(PluginConflictError, match="acme"):
        registry.module("Widget")
    assert len(registry.modules()) == 2
    assert len(registry.rules(UID)) == 4


def test_the_package_offers_the_methods_of_the_default_registry():
    assert package.lookup.__self__ is package.registry
    for name in ("register", "prefer", "refresh", "problems", "plugins", "resolve", "commands"):
        assert getattr(package, name) == getattr(package.registry, name)
    assert set(package.__all__) <= set(dir(package))


def test_our_own_families_are_registered():
    seg = package.lookup("1.2.840.10008.5.1.4.1.1.66.4")
    if seg is None:
        pytest.skip("iodkit-seg is not installed")
    assert seg.implementation == "iodkit_seg.sop:Segmentation"
    assert package.lookup_keyword("LabelMapSegmentationStorage").family == "seg"
    assert package.lookup_keyword("CTImageStorage").implementation == "iodkit_image.image:Image"
