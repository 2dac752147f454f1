"""What is installed is whole: the wheel, alone in an empty environment, does what a clone does."""

import email
import re
import zipfile
from pathlib import Path

import pytest

import sweep
from tests.commands import ROOT
from tests.wheel import BUILT_FROM, build, copy_sources, install, run

PACKAGES = ("sweep", "analysis")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy."""
    source = tmp_path_factory.mktemp("source")
    copy_sources(source)
    return build(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The interpreter of an environment that holds the wheel."""
    return install(wheel, tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="module")
def folder(python, tmp_path_factory):
    """A folder with a small study and nothing else."""
    folder = tmp_path_factory.mktemp("study")
    study = ("--set", "epochs=500", "--axis", "hidden_std_dev=0.5,1", "--repeats", "50", "--workers", "1")
    printed = run("sweep.run", *study, folder=folder, python=python)
    assert "Stored 100 trainings in sweep.sqlite3" in printed
    return folder


def test_it_holds_every_file_of_the_packages_and_no_other(wheel):
    sources = [path for name in PACKAGES for path in (ROOT / name).rglob("*") if "__pycache__" not in path.parts]
    expected = {path.relative_to(ROOT).as_posix() for path in sources if path.is_file()}
    with zipfile.ZipFile(wheel) as files:
        assert {name for name in files.namelist() if ".dist-info/" not in name} == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_may_read_its_types(wheel, package):
    assert f"{package}/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_it_says_whose_it_is_and_under_which_licence(wheel):
    with zipfile.ZipFile(wheel) as files:
        (home,) = {name.partition("/")[0] for name in files.namelist() if ".dist-info/" in name}
        said = email.message_from_string(files.read(f"{home}/METADATA").decode())
        assert files.read(f"{home}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert (said["Name"], said["Version"]) == ("initialization-sweep", sweep.__version__)
    assert (said["License-Expression"], said["Author"]) == ("MIT", "the initialization-sweep authors")
    assert said.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_image_is_built_from_the_same():
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert tuple(" ".join(copied).split()) == BUILT_FROM
    let_through = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert tuple(let_through) == BUILT_FROM


def test_what_runs_is_the_wheel_and_not_the_clone(python, tmp_path):
    (tmp_path / "show.py").write_text("import sweep, analysis; print(sweep.__file__, analysis.__file__, sep='\\n')")
    paths = run("show", folder=tmp_path, python=python).splitlines()
    assert len(paths) == len(PACKAGES)
    for path in paths:
        assert Path(path).is_relative_to(python.parent.parent), path


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (("sweep.status",), ()),
        (("sweep.check",), ()),
        (("sweep.trace", "--set", "epochs=500", "--figure", "trace.png"), ("trace.png",)),
        (("analysis", "summary"), ()),
        (("analysis", "figures"), ("figures/mean_loss.png", "figures/mean_loss.csv", "figures/solved.svg")),
    ],
    ids=lambda value: " ".join(value[:2]),
)
def test_every_command_runs_from_an_empty_folder(python, folder, command, written):
    module, *arguments = command
    run(module, *arguments, folder=folder, python=python)
    for path in written:
        assert (folder / path).stat().st_size > 100


def test_the_page_holds_its_style_and_its_script(python, folder):
    (folder / "losses.csv").write_text("width,loss\n" + "".join(f"{n % 3 + 1},{n}\n" for n in range(30)))
    run("analysis", "report", "--results", "losses.csv", "--x", "width", folder=folder, python=python)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for name in ("style.css", "explore.js"):
        assert (ROOT / "analysis" / "report" / name).read_text(encoding="utf-8").strip() in page
