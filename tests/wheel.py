"""Builds the wheel and installs it alone."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests import commands
from tests.commands import ROOT

BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "sweep", "analysis")


def run(*command, **options):
    """What a command printed that succeeds without a clone in sight."""
    done = commands.run(*command, environment={"PYTHONPATH": ""}, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copy_sources(folder):
    """Put what a wheel is built from into a folder; what an earlier build left in a clone would get into it."""
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)


def _pip(*arguments):
    """Run pip, in whichever thread; a clone in sight would be taken for what is to be installed."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-m", "pip", *map(str, arguments)], check=True, capture_output=True, env=usual)


def build(source, folder):
    """Build the wheel of the sources in a folder into another, empty one; return its path."""
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    (path,) = folder.iterdir()
    return path


def install(wheel, folder, python=sys.executable):
    """Make an environment that holds the wheel, and sees the libraries of this one; return its interpreter."""
    if python == sys.executable:
        venv.create(folder, symlinks=os.name != "nt")
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    interpreter = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _pip("--python", interpreter, "install", "--no-deps", "--no-index", wheel)
    (site,) = Path(folder).rglob("site-packages")
    # The .pth files of a folder that is named in one are not read: a clone installed here stays out of sight.
    (site / "libraries.pth").write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    return interpreter
