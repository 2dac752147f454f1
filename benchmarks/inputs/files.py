"""Made-up files: studies in TOML, data sets and results in CSV, and damaged bytes of each."""

import json
import math
from typing import Any

from hypothesis import strategies as some

from benchmarks.inputs.case import Case
from benchmarks.inputs.commands import fields, recipes, settings, specs
from benchmarks.inputs.template import STUDY
from benchmarks.inputs.values import hostile, json_values, numbers, one_in, small, texts
from sweep.study.study_file import KEYS

CHEAP = {"recipe": "twenty-lines", "set": ["epochs=3"], "axis": ["hidden_std_dev=0.5,1"], "repeats": 2}
RUN = ("--workers", "1", "--wait", "0")

whole = some.integers(-1, 5) | some.integers(-(2**70), 2**70) | some.just(16**4000)
right = {
    "recipe": recipes,
    "set": some.lists(settings(), max_size=3),
    "axis": some.lists(specs(), max_size=2),
    "repeats": whole,
    "until-rse": some.floats(0, 1),
    "until-minimum": some.floats(0, 1),
    "until-spread": some.floats(0, 1),
    "max-repeats": whole,
    "seed": whole,
    "draws": some.sampled_from(("common", "by_spread", "independent")) | texts,
}
"""What an option of a study takes, by its name; of any other, anything."""


def toml(value: Any) -> str:
    """A value as TOML writes it, as far as it can."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else f"{'-' * (value < 0)}inf" if math.isinf(value) else repr(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**4000:
        return hex(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value).replace("null", '""')


@some.composite
def damaged(draw: some.DrawFn, content: bytes) -> bytes:
    """Bytes with some of them changed, left out or put in."""
    for _ in range(draw(some.integers(0, 3))):
        start = draw(some.integers(0, len(content)))
        stop = draw(some.integers(start, min(len(content), start + 8)))
        put = draw(
            some.binary(max_size=3)
            | some.sampled_from((b"\x00", b'"', b"\xef\xbb\xbf", b"\xff", b",", b"\n", b"[", b"\r"))
        )
        content = content[:start] + put + content[stop:]
    return content


@some.composite
def study_files(draw: some.DrawFn) -> Case:
    """A run of a study file."""
    names = draw(some.lists(some.sampled_from(list(KEYS)) | texts, max_size=4, unique=True))
    values = {} if draw(one_in(6)) else dict(CHEAP)
    for name in names:
        values[name] = draw(json_values if draw(one_in(4)) else right.get(name, json_values))
    text = "".join(f"{name if name in KEYS else json.dumps(name)} = {toml(value)}\n" for name, value in values.items())
    content = text.encode("utf-8", "surrogatepass")
    if draw(one_in(4)):
        content = draw(damaged(content if draw(some.booleans()) else STUDY.encode()))
    return Case("sweep.run", ("made.toml", *RUN), (("made.toml", content),))


cells = some.one_of(
    small, small, small, numbers, texts, some.sampled_from(("", " ", "a", "b", "0", "1", "true", "2024-01-01"))
)


@some.composite
def tables(draw: some.DrawFn, names: tuple[str, ...]) -> bytes:
    """A CSV file, mostly one."""
    head = [draw(some.sampled_from(names) | texts) if draw(one_in(10)) else name for name in names]
    n_rows, wild = draw(some.sampled_from((6, 8, 12, 4, 1, 0))), draw(some.sampled_from((0, 0, 3, 9)))
    rows = []
    for row in range(n_rows):
        plain = [*(f"{(row * (place + 3)) % 5 + place}" for place in range(len(head) - 1)), f"{row % 2}"]
        rows.append([draw(cells) if wild and draw(one_in(wild + 1)) else one for one in plain])
        if draw(one_in(200)):
            rows[-1] = rows[-1][1:]
    quoted = [
        [f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(c in cell for c in ',"\r\n') else cell for cell in row]
        for row in (head, *rows)
    ]
    content = "\n".join(",".join(row) for row in quoted).encode("utf-8", "surrogatepass")
    return draw(damaged(content)) if draw(one_in(10)) else content


@some.composite
def data_sets(draw: some.DrawFn) -> Case:
    """A run of a data set."""
    content = draw(tables(("width", "length", "kind")))
    output, loss = draw(
        some.sampled_from((("softmax", "cross_entropy"), ("sigmoid", "bce"), ("identity", "mse"), ("softmax", "mse")))
    )
    named = some.sampled_from((":kind", ":width,length", ":", ":none")) | texts.map(lambda text: f":{text}")
    target = draw(named) if draw(one_in(6)) else ""
    asked = [
        "--recipe", "mlp", "--set", f"problem=made.csv{target}", "--set", f"output={output}", "--set", f"loss={loss}",
        "--set", "epochs=2", "--set", "hidden=2", "--axis", "learning_rate=0.1,1", "--repeats", "2",
        "--set", f"inputs={draw(some.sampled_from(('raw', 'standardized')))}",
    ]  # fmt: skip
    if output == "identity":
        asked += ["--set", "solved_below=0.1"]
    command = tuple(word.replace("\0", "") for word in asked)
    return Case("sweep.run", (*command, *RUN, "--store", "made.sqlite3"), (("made.csv", content),))


ASKED = ("summary", "compare", "minimum", "figures", "report")


@some.composite
def results(draw: some.DrawFn) -> Case:
    """An analysis of results of one's own."""
    word = draw(some.sampled_from((*ASKED[:3], *ASKED[:3], *ASKED)))
    x, y = draw(hostile | some.just("spread")), draw(hostile | some.just("loss"))
    content = draw(tables((x, y, "seed")))
    if draw(some.booleans()):
        spreads = draw(some.lists(small | numbers, min_size=1, max_size=6))
        rows = [f"{spread},{draw(small | numbers)},{seed}" for spread in spreads for seed in range(3)]
        head = ",".join(f'"{one.replace(chr(34), chr(34) * 2)}"' for one in (x, y, "seed"))
        content = "\n".join((head, *rows)).encode("utf-8", "surrogatepass")
    name = "made" + draw(some.sampled_from((".csv", ".csv", ".csv", ".CSV", ".parquet", ".txt")))
    asked = [f"--results={name}", f"--x={x}", f"--y={y}", *draw(some.sampled_from(([], ["--repeat=seed"])))]
    if word == "compare":
        asked += draw(some.lists(small | numbers, min_size=1, max_size=3))
        asked = [one for one in asked if not one.startswith("-") or one.startswith("--")]
    if word in ("summary", "minimum") and draw(some.booleans()):
        asked.append("--json")
    return Case("analysis.__main__", (word, *asked), ((name, content),))


BODIES = (
    "return {}",
    "return None",
    "return ''",
    "return 'x'",
    "return [1]",
    "return float('nan')",
    "return float('inf')",
    "return 1e308",
    "return 10 ** 400",
    "return True",
    "return b'1'",
    "return 1j",
    "return object()",
    "return {'loss': 1, 'loss ': 2}",
    "return {1: 2}",
    "return numpy.ones(3)",
    "return numpy.float32(1)",
    "return numpy.longdouble(1)",
    "return numpy.array(1.0)",
    "return numpy.array('1')",
    "return {'loss': numpy.array([1, 2])}",
    "return {'loss': {'loss': 1}}",
    "raise KeyError('x')",
    "raise SystemExit(3)",
    "raise SystemExit",
    "raise BaseException('x')",
    "raise KeyboardInterrupt",
    "raise RecursionError",
    "return mine(rng)",
    "raise ValueError('\\x1b[31m' + 'a\\n' * 9)",
    "raise ValueError(chr(0xd800))",
    "print('\\x1b[31mred' * 3); return 1.0",
    "import sys; sys.exit('bye')",
    "import os; os.chdir('/'); return 1.0",
    "import sys; sys.stdout.close(); return 1.0",
    "raise MemoryError",
    "raise OSError(28, 'x')",
    "raise StopIteration",
    "class E(Exception):\n        __str__ = None\n    raise E",
    "return {'a' * 1000: 1, 'loss': 1}",
    "return dict.fromkeys((f'x{i}' for i in range(2000)), 1.0) | {'loss': 1}",
    "return rng",
    "return (1, 2)",
    "yield 1",
    "return lambda: 1",
    "import warnings; warnings.warn('odd'); return 1.0",
    "return __import__('decimal').Decimal('NaN')",
    "return __import__('fractions').Fraction(1, 3)",
)


CONDITIONS = ("True", "True", "hidden_std_dev > 0.6", "False")
DECLARED = (
    "@training",
    '@training(normals={"hidden_std_dev": 2})',
    "@training(batch=True)",
    "@training()",
    '@training(version="1")',
    "@training(version=1)",
    "",
    '@training(normals={"x": 2})',
    '@training(normals={"hidden_std_dev": 0})',
    '@training(layers={"hidden_std_dev": (2, 2)})',
    '@training(layers={"hidden_std_dev": 2})',
)


@some.composite
def functions(draw: some.DrawFn) -> Case:
    """A run of a training function of one's own."""
    named = draw(
        some.sampled_from(
            ("loss", "mean", "seed", "speed", "class", "x", "é", "名前", "__class__", "hidden_std_dev", "solved")
        )
        | texts
    )
    value = draw(json_values)
    body = draw(
        some.sampled_from((f"return {{{named!r}: {value!r}, 'loss': 1.0}}", f"return {value!r}"))
        | some.sampled_from(BODIES)
    )
    field = draw(
        some.sampled_from(
            ("steps", "loss", "mean", "class_", "é", "x", "seed", "_", "run", "store", "epochs", "parameters")
        )
    )
    default = draw(
        some.sampled_from(
            (
                "1",
                "1.0",
                "'a'",
                "True",
                "None",
                "[]",
                "float('nan')",
                "10**400",
                "numpy.float64(1)",
                repr(draw(hostile)),
            )
        )
    )
    declared = draw(
        some.sampled_from((*DECLARED[:3], *DECLARED)) | hostile.map(lambda one: f"@training(version={one!r})")
    )
    takes = "parameters, " if "normals" in declared else ""
    source = (
        "import numpy\nfrom math import inf, nan\nfrom sweep import training\n\n"
        f"{declared}\ndef mine(rng, *, {takes}hidden_std_dev=1.0, {field}={default}):\n"
        f"    if rng is not None and {draw(some.sampled_from(CONDITIONS))}:\n        {body}\n"
        "    return 1.0 if not isinstance(rng, list) else numpy.ones(len(rng))\n"
    )
    axis = draw(
        some.sampled_from(("hidden_std_dev=0.5,1", "hidden_std_dev=log:0.5:2:5", f"{field}=1,2", f"{field}=a,b"))
        | specs()
    )
    more = draw(some.sampled_from((("--set", f"{field}=1"), (), ("--set", f"{draw(fields)}=1"))))
    command = ("--recipe", "made.py:mine", "--axis", axis, "--repeats", "3", *more, *RUN, "--store", "made.sqlite3")
    content = source.encode("utf-8", "surrogatepass")
    return Case("sweep.run", command, (("made.py", content),), prints=True)
