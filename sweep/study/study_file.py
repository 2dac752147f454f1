"""A study as a file: the options of `python -m sweep.run` that say what is asked for, in TOML."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sweep.errors import FailedError, UsageError

TEXT, TEXTS, WHOLE, NUMBER = "a text", "a list of texts", "a whole number", "a number"
KEYS = {
    "recipe": TEXT,
    "set": TEXTS,
    "axis": TEXTS,
    "repeats": WHOLE,
    "until-rse": NUMBER,
    "until-minimum": NUMBER,
    "until-spread": NUMBER,
    "max-repeats": WHOLE,
    "seed": WHOLE,
    "draws": TEXT,
}
"""Name of an option -> what it takes."""
MOST_BITS = 1024
"""Of a whole number, which as a float is at most so long."""


def read_study_file(path: str) -> dict[str, Any]:
    """The options in a file, by their names.

    Raises:
        UsageError: the file cannot be read, is no TOML, or holds what is no option of a study.

    Examples:
        >>> Path("study.toml").write_text('recipe = "twenty-lines"\\naxis = ["hidden_std_dev=0.5,1"]\\nrepeats = 200')
        69
        >>> read_study_file("study.toml")
        {'recipe': 'twenty-lines', 'axis': ['hidden_std_dev=0.5,1'], 'repeats': 200}
    """
    try:
        with open(path, "rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise UsageError(
            f"cannot read the study file {path} ({error.strerror}); name a TOML file that exists"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the study file {path} is no TOML ({error}); write lines such as repeats = 200") from None
    for name, value in values.items():
        if name not in KEYS:
            raise UsageError(f"the study file {path} has {name!r}; allowed is any of {', '.join(KEYS)}")
        if not _is_allowed(value, KEYS[name]):
            raise UsageError(f"{name} in the study file {path} was given as {_shown(value)}; allowed is {KEYS[name]}")
    return values


def _is_allowed(value: object, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    if kind == TEXTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(value, bool) or (isinstance(value, int) and value.bit_length() > MOST_BITS):
        return False
    return isinstance(value, int if kind == WHOLE else int | float)


def _shown(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of too many digits"


def overridden(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a file with those of a command line in place of theirs.

    Settings and axes give way field by field, and any target to another.

    Args:
        values: of the file, by name.
        given: of the command line; what was left out is None or an empty list.

    Examples:
        >>> overridden({"axis": ["epochs=10,20"], "repeats": 5}, {"axis": ["epochs=30"], "set": [], "repeats": None})
        {'axis': ['epochs=30'], 'repeats': 5}
    """
    said = {name: value for name, value in given.items() if name in KEYS and value not in (None, [], "")}
    fields = {_field(text) for name in ("set", "axis") for text in said.get(name, ())}
    kept = {}
    for name, value in values.items():
        if KEYS[name] == TEXTS:
            kept[name] = [text for text in value if _field(text) not in fields]
        elif not (name.startswith("until-") and any(other.startswith("until-") for other in said)):
            kept[name] = value
    return {
        name: kept.get(name, []) + said[name]
        if KEYS[name] == TEXTS and name in said
        else said.get(name, kept.get(name))
        for name in KEYS
        if name in said or name in kept
    }


def _field(text: str) -> str:
    return text.partition("=")[0]


def to_toml(values: Mapping[str, Any]) -> str:
    """The text of a file that holds these options."""
    return "".join(f"{name} = {_written(value)}\n" for name, value in values.items())


def _written(value: str | float | Sequence[str]) -> str:
    if isinstance(value, list):
        return "[\n" + "".join(f"    {_written(text)},\n" for text in value) + "]"
    # JSON's texts and numbers are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_study_file(path: str, values: Mapping[str, Any]) -> None:
    """Write a file that `read_study_file` gives `values` of.

    Raises:
        UsageError: there is another file of this name.
        FailedError: the file cannot be written.
    """
    text = to_toml(values)
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        if Path(path).is_file() and Path(path).read_text(encoding="utf-8", errors="replace") == text:
            return
        raise UsageError(f"save was given as {path}, which exists; name a file that does not, or remove it") from None
    except OSError as error:
        raise FailedError(
            f"cannot write the study file {path} ({error.strerror}); name a folder that exists"
        ) from error
