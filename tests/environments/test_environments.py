"""What works, and what says which distribution is missing, in environments made for the purpose."""

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.environment, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
CT = "1.2.840.10008.5.1.4.1.1.2"
SEG = "1.2.840.10008.5.1.4.1.1.66.4"
LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"
SR = "1.2.840.10008.5.1.4.1.1.88.33"
KO = "1.2.840.10008.5.1.4.1.1.88.59"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
KERNEL_NEEDS = {"iodkit", "importlib-metadata", "numpy", "pluggy", "pydicom"}

MISSING = """
import sys
try:
    exec(sys.argv[1])
except ImportError as error:
    import iodkit
    assert type(error) is iodkit.MissingDependencyError, repr(error)
    print(error)
else:
    raise SystemExit("no error")
"""
LOOK_UP = """
import json, sys
from iodkit.registry import registry
found = [registry.lookup(uid) for uid in sys.argv[1:]]
print(json.dumps([entry and entry.implementation for entry in found]))
heavy = {"numpy", "pydicom"} & set(sys.modules)
assert not heavy, heavy
families = {name for name in sys.modules if name.startswith(("iodkit_", "acme_iod."))}
assert all(name.count(".") == 0 or "._" in name for name in families), families
"""


def implementations(environment, *uids, **variables):
    return json.loads(environment.python_code(LOOK_UP, *uids, **variables))


def installed(environment):
    code = (
        "import importlib.metadata as m\n"
        "print(*sorted({d.name.lower().replace('_', '-') for d in m.distributions()}))"
    )
    return set(environment.python_code(code).split()) - {"pip", "setuptools", "wheel"}


def test_the_kernel_alone(kernel):
    # What importlib-metadata needs in turn is its own affair.
    assert installed(kernel) - {"lazy-importer", "zipp"} == KERNEL_NEEDS
    assert implementations(kernel, CT, SEG, PDF) == [None, None, None]
    plugins = kernel.command("plugins")
    assert (plugins.returncode, plugins.stdout) == (0, "No plugins are installed.\n")
    version = kernel.command("--version")
    assert (
        version.stdout
        == f"iodkit {kernel.python_code('import iodkit; print(iodkit.__version__)')}\n"
    )


def test_content_items_without_any_family(kernel):
    code = ROOT / "tests" / "support" / "content_alone.py"
    assert kernel.python_code(code.read_text()) == "done"


@pytest.mark.parametrize(
    ("statement", "distribution"),
    [
        ("import iodkit.seg", "iodkit-seg"),
        ("from iodkit.seg import Segmentation", "iodkit-seg"),
        ("import iodkit as ik; ik.seg.Segmentation", "iodkit-seg"),
        ("from iodkit.image import Image", "iodkit-image"),
        ("import iodkit.sr", "iodkit-sr"),
        ("from iodkit.ko import KeyObjectSelection", "iodkit-ko"),
        ("from iodkit import imread", "iodkit-image"),
        ("import iodkit as ik; ik.get_volume_from_series", "iodkit-image"),
    ],
)
def test_the_kernel_alone_says_what_to_install(kernel, statement, distribution):
    assert f"pip install {distribution}" in kernel.python_code(MISSING, statement)


def test_the_kernel_alone_lists_its_names_and_every_one_is_there(kernel):
    code = (
        "import iodkit\nfrom iodkit import *\n"
        "names = set(dir(iodkit))\nassert names >= set(iodkit.__all__)\n"
        "print(*sorted(names & {'seg', 'image', 'Image', 'imread'}))"
    )
    assert kernel.python_code(code) == ""


MAKE = """
import sys, warnings
from iodkit import SOPClass
SOPClass(sop_class_uid=sys.argv[1], modality="OT", manufacturer="Acme").save_as(sys.argv[2])
"""
READ = """
import sys, warnings, iodkit
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    instance = iodkit.read(sys.argv[1])
print(type(instance).__module__ + "." + type(instance).__name__)
print(*(each.message for each in caught))
"""


@pytest.mark.parametrize(
    ("uid", "distribution"),
    [
        (SEG, "iodkit-seg"),
        (CT, "iodkit-image"),
        (SR, "iodkit-sr"),
        (KO, "iodkit-ko"),
        (PDF, None),
    ],
)
def test_the_kernel_alone_opens_any_object_and_says_who_knows_it(
    kernel, tmp_path, uid, distribution
):
    path = str(tmp_path / "object.dcm")
    kernel.python_code(MAKE, uid, path)
    kind, *hints = kernel.python_code(READ, path).splitlines()
    assert kind == "iodkit.dataset.sop_class.SOPClass"
    if distribution is None:
        assert "".join(hints) == ""
    else:
        assert f"pip install {distribution}" in hints[0]


def test_kernel_and_image(with_image):
    assert implementations(with_image, CT, SEG, PDF) == ["iodkit_image.image:Image", None, None]
    assert "pip install iodkit-seg" in with_image.python_code(MISSING, "import iodkit.seg")
    names = with_image.python_code(
        "import iodkit; print('Image' in dir(iodkit), 'seg' in dir(iodkit))"
    )
    assert names == "True False"
    content = json.loads(with_image.command("plugins", "--json").stdout)
    assert [plugin["name"] for plugin in content["plugins"]] == ["image"]
    assert content["problems"] == []


def test_kernel_image_and_seg(with_seg):
    assert implementations(with_seg, CT, SEG, LABEL_MAP, PDF) == [
        "iodkit_image.image:Image",
        "iodkit_seg.sop:Segmentation",
        "iodkit_seg.sop:Segmentation",
        None,
    ]
    content = json.loads(with_seg.command("plugins", "--json").stdout)
    assert {plugin["name"]: plugin["state"] for plugin in content["plugins"]} == {
        "image": "active",
        "seg": "active",
    }
    assert content["problems"] == []


REPORT = """
import json, sys
from iodkit import CodedConcept, read, sr
from iodkit.testing import phantom
title = CodedConcept("126000", "DCM", "Imaging Measurement Report")
sr.ComprehensiveSR(phantom.ct_series(1, 8, 8), sr.ContainerContentItem(title)).save_as(sys.argv[1])
print(read(sys.argv[1]).to_text())
assert not {"iodkit_image", "iodkit_ko", "PIL"} & set(sys.modules)
"""


def test_kernel_and_sr(with_sr, tmp_path):
    assert installed(with_sr) - {"lazy-importer", "zipp"} == KERNEL_NEEDS | {"iodkit-sr"}
    assert implementations(with_sr, SR, CT, KO) == ["iodkit_sr.sop:ComprehensiveSR", None, None]
    path = tmp_path / "report.dcm"
    assert with_sr.python_code(REPORT, str(path)) == "Imaging Measurement Report"
    shown = with_sr.command("convert", path, "--as", "text")
    assert (shown.returncode, shown.stdout) == (0, "Imaging Measurement Report\n")
    code = "from iodkit import sr; print(*(e.identifier for e in sr.template_registry.entries()))"
    assert with_sr.python_code(code) == "1002 1003 1004"


def test_kernel_sr_and_ko(with_ko):
    needed = KERNEL_NEEDS | {"iodkit-sr", "iodkit-ko"}
    assert installed(with_ko) - {"lazy-importer", "zipp"} == needed
    assert implementations(with_ko, SR, KO, CT) == [
        "iodkit_sr.sop:ComprehensiveSR",
        "iodkit_ko.sop:KeyObjectSelectionDocument",
        None,
    ]
    code = "from iodkit import sr; print(*(e.identifier for e in sr.template_registry.entries()))"
    assert with_ko.python_code(code) == "1002 1003 1004 2010"


def test_a_switched_off_family_is_not_opened_with(with_seg):
    assert implementations(with_seg, CT, SEG, IODKIT_DISABLE_PLUGINS="seg") == [
        "iodkit_image.image:Image",
        None,
    ]
    assert implementations(with_seg, CT, SEG, IODKIT_DISABLE_AUTOLOAD="1") == [None, None]


@pytest.mark.parametrize("package", ["image", "seg"])
def test_every_public_name_of_a_family_is_there_and_no_other_family_is_imported(with_seg, package):
    source = ROOT / f"plugins/{package}/src/iodkit_{package}"
    table = with_seg.python_code(f"import iodkit_{package} as p; print(*p._HOMES)").split()
    absent = [h for h in table if not list(source.glob(f"{h.replace(chr(46), chr(47))}*"))]
    if absent:
        pytest.skip(f"modules that are not written yet: {', '.join(absent)}")
    code = (
        f"import sys, iodkit.{package} as facade, iodkit_{package} as family\n"
        "for name in family.__all__:\n    assert getattr(facade, name) is getattr(family, name)\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules if m.startswith('iodkit_')}))"
    )
    expected = {"image": "iodkit_image", "seg": "iodkit_image iodkit_seg"}
    assert set(with_seg.python_code(code).split()) <= set(expected[package].split())


def test_everything_with_a_third_party_plugin(with_all):
    assert implementations(with_all, CT, SEG, PDF) == [
        "iodkit_image.image:Image",
        "iodkit_seg.sop:Segmentation",
        "acme_iod.sop:EncapsulatedPDF",
    ]
    table = with_all.command("plugins")
    assert table.returncode == 0
    row = next(line for line in table.stdout.splitlines() if line.startswith("acme"))
    assert row.split() == ["acme", "acme-iod", "1.2.0", "active", "EncapsulatedPDFStorage"]


def test_a_third_partys_modules_rules_and_cases(with_all):
    code = f"""
import json
from iodkit.registry import read_resource, registry
table = json.loads(read_resource(registry.module("EncapsulatedDocument").table))
assert table["clause"] == registry.module("EncapsulatedDocument").clause
assert [each["keyword"] for each in table["attributes"]][-1] == "EncapsulatedDocument"
(rule,) = registry.rules({PDF!r})
assert registry.rules({CT!r}) == ()
from pydicom import Dataset
dataset = Dataset()
dataset.MIMETypeOfEncapsulatedDocument = "text/plain"
(finding,) = registry.load(rule)(dataset)
assert finding.found == "text/plain"
(case,) = registry.conformance({PDF!r})
print(case.reference)
"""
    assert with_all.python_code(code) == "acme_iod._cases:cases"


def test_a_third_partys_object_is_made_read_and_used_by_its_command(with_all, tmp_path):
    path, target = tmp_path / "report.dcm", tmp_path / "report.pdf"
    code = """
import sys, iodkit
from acme_iod import EncapsulatedPDF
made = EncapsulatedPDF(b"%PDF-1.7 odd", "Report", manufacturer="Acme")
made.save_as(sys.argv[1])
read = iodkit.read(sys.argv[1])
assert type(read) is EncapsulatedPDF, type(read)
assert read.document == b"%PDF-1.7 odd"
assert read == made
families = {m for m in sys.modules if m.startswith("iodkit_") and m.count(".") and "._" not in m}
assert not families, families
"""
    with_all.python_code(code, str(path))
    result = with_all.command("pdf", path, target)
    assert (result.returncode, result.stdout) == (0, "12 bytes\n"), result.stderr
    assert target.read_bytes() == b"%PDF-1.7 odd"
    assert with_all.command("pdf", "--help").stdout.startswith("usage: iodkit pdf")
    assert "Take the PDF out" in with_all.command("--help").stdout
    missing = with_all.command("pdf", tmp_path / "none.dcm", target)
    assert missing.returncode == 2
    assert missing.stderr.startswith("iodkit: ")


def test_a_plugin_in_a_zip_file_works(kernel, workshop):
    wheel = str(workshop.wheel("acme-iod"))
    assert implementations(kernel, PDF, PYTHONPATH=wheel) == ["acme_iod.sop:EncapsulatedPDF"]
    code = (
        f"from iodkit.registry import *\nprint(implementation({PDF!r}).__name__)\n"
        "read_resource(registry.module('EncapsulatedDocument').table)"
    )
    assert kernel.python_code(code, PYTHONPATH=wheel) == "EncapsulatedPDF"


def test_an_editable_plugin_works_and_its_changes_are_seen(workshop):
    environment = workshop.environment("editable", "iodkit")
    source = workshop.source("acme-iod")
    environment.install("--editable", source)
    assert implementations(environment, PDF) == ["acme_iod.sop:EncapsulatedPDF"]
    where = environment.python_code("import acme_iod; print(acme_iod.__file__)")
    assert Path(where).is_relative_to(source)


def test_a_plugin_installed_after_the_first_look_up_is_seen_after_refresh(workshop):
    environment = workshop.environment("late", "iodkit")
    code = f"""
from iodkit.registry import registry
print(registry.lookup({PDF!r}), flush=True)
input()
print(registry.lookup({PDF!r}))
registry.refresh()
print(registry.implementation({PDF!r}).__name__)
"""
    with subprocess.Popen(
        [str(environment.python), "-c", code],
        cwd=environment.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "None\n"
        environment.install(workshop.wheel("acme-iod"))
        rest, _ = process.communicate("\n", timeout=60)
    assert rest.splitlines() == ["None", "EncapsulatedPDF"]


def test_a_broken_plugin_in_a_real_environment_is_listed_and_the_rest_works(with_seg, tmp_path):
    info = tmp_path / "wreck-3.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wreck\nVersion: 3.0\n")
    (info / "entry_points.txt").write_text("[iodkit.iods.v1]\nwreck = wreck_plugin\n")
    (tmp_path / "wreck_plugin.py").write_text("def broken(:\n")
    result = with_seg.command("plugins", PYTHONPATH=str(tmp_path))
    assert result.returncode == 1
    assert "problem: plugin 'wreck' of wreck, import: SyntaxError" in result.stdout
    code = LOOK_UP.replace("import json, sys", "import json, sys, warnings")
    code = f"import warnings; warnings.simplefilter('ignore')\n{code}"
    out = with_seg.python_code(code, SEG, PYTHONPATH=str(tmp_path))
    assert json.loads(out) == ["iodkit_seg.sop:Segmentation"]


def test_wheels_carry_types_and_licences(workshop):
    import zipfile

    families = ("iodkit-image", "iodkit-seg", "iodkit-sr", "iodkit-ko")
    for distribution in ("iodkit", *families, "acme-iod"):
        names = zipfile.ZipFile(workshop.wheel(distribution)).namelist()
        assert any(name.endswith("/py.typed") for name in names), distribution
        assert not any("tests/" in name for name in names), distribution
