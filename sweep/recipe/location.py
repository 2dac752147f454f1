"""Finds a training function of the user's own by where it lies: FILE.py:NAME or MODULE:NAME."""

import hashlib
import importlib
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from sweep.errors import FailedError, FunctionError, UsageError
from sweep.recipe.function import TrainingFunction
from sweep.recipe.own_lines import own_lines

FORM = "FILE.py:NAME or MODULE:NAME"


def is_location(text: str) -> bool:
    """Whether what names a recipe names a function: FILE.py:NAME or MODULE:NAME."""
    return ":" in text or text.endswith(".py")


@cache
def find_function(location: str) -> TrainingFunction:
    """The training function at FILE.py:NAME or MODULE:NAME, imported in this process.

    Raises:
        UsageError: there is none there.
        FunctionError: its module raised an error; the message holds the traceback of the user's own lines.
    """
    place, _, name = location.rpartition(":")
    if not place or not name.isidentifier():
        raise UsageError(f"recipe was given as {location!r}; allowed is {FORM}, or the name of a recipe")
    module = _module_of(place, location)
    found = getattr(module, name, None)
    if found is None:
        raise UsageError(f"recipe was given as {location!r}, and {place} has no {name}; name a function in it")
    if not isinstance(found, TrainingFunction):
        raise UsageError(
            f"recipe was given as {location!r}, and {name} is no training function; decorate it: @training, from "
            "`from sweep import training`"
        )
    found.location = location
    return found


def _module_of(place: str, location: str) -> ModuleType:
    is_file = place.endswith(".py")
    if is_file and not os.path.isfile(place):
        raise UsageError(f"recipe was given as {location!r}, and there is no file {place}; name one that exists")
    try:
        return _import_file(Path(place)) if is_file else importlib.import_module(place)
    except (UsageError, FailedError):
        raise
    except ModuleNotFoundError as error:
        if is_file or error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise FunctionError(f"{place} cannot be imported:\n{own_lines(error)}") from None
        raise UsageError(
            f"recipe was given as {location!r}, and there is no module {error.name}; allowed is {FORM}: install it, or "
            "start in the folder that holds it"
        ) from None
    except (Exception, SystemExit) as error:
        raise FunctionError(f"{place} cannot be imported:\n{own_lines(error)}") from None


def _import_file(path: Path) -> ModuleType:
    """The module in a file, which finds the modules beside it, as one that is started does."""
    folder = str(path.parent.absolute())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    loaded = sys.modules.get(path.stem)
    if loaded is not None and os.path.abspath(str(getattr(loaded, "__file__", ""))) == str(path.absolute()):
        return loaded
    # A file may be called as a module is that others need, such as random.py.
    name = path.stem if loaded is None else f"{path.stem}_of_{hashlib.sha256(folder.encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
