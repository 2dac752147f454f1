"""What a browser makes of a training: WebAssembly beside plain JavaScript, the kernel here and the reference.

node stands in for the browser: it is the engine of Chrome, V8.
"""

import base64
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import cache, partial

from benchmarks.commands import ROOT
from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave, one_core
from benchmarks.peers import moons
from benchmarks.recipes import BATCH, EPOCHS_CHECKED
from benchmarks.table import duration
from sweep import RECIPES, kernel, reference
from sweep.errors import FailedError
from sweep.kernel.wasm import wasm_layout, wasm_modules
from sweep.study import Point
from sweep.study.draws import initial_parameters

GUSTAW = RECIPES["gustaw"]
CASES = {f"`{name}`": recipe for name, recipe in RECIPES.items()} | {
    "`gustaw`, 8 hidden units": replace(GUSTAW, hidden=(8,)),
    f"two moons ({moons.ROWS} rows), 2-8-1, tanh, adam, 100 epochs": moons.recipe_of(8, "adam", 100),
}
NETWORKS = 128
FUSED, UNFUSED, JAVASCRIPT = "WebAssembly", "WebAssembly without fused operations", "plain JavaScript"
MODULES = {FUSED: "fused", UNFUSED: "plain", JAVASCRIPT: None}
"""What trains -> its module."""
FUSES = "--experimental-wasm-relaxed-simd"
"""What node 20 has to be asked for, and later ones have."""
HERE = f"kernel, {BATCH:,} at once"
NARROW, NARROW_PROCESSOR = "kernel, compiled for 128-bit registers and no fused products", "x86-64-v2"
"""What WebAssembly has, on this processor without an engine between."""
NARROW_PROGRAM = f"""
from benchmarks import browser
from sweep.kernel import compiler
compiler.processor = lambda: ("{NARROW_PROCESSOR}", "")
print(browser.here())
"""
TITLE = "In a browser (node {}), one core: processor time a training"


def measure(options):
    if not shutil.which("node"):
        return [Table(TITLE.format("missing"), [Row(FUSED, note="node is not installed")], duration)]
    cases, notes = {}, []
    with one_core(), tempfile.TemporaryDirectory() as cache:
        for name, recipe in CASES.items():
            parameters = start_of(recipe)
            there, epochs = parameters[:NETWORKS], min(EPOCHS_CHECKED, recipe.epochs)
            for trainer, module in MODULES.items():
                if trainer == JAVASCRIPT and recipe is not GUSTAW:
                    continue
                train = partial(in_node, recipe, there, module)
                if error := check(recipe, there, epochs, train(epochs)["losses"]):
                    notes.append(Row(f"{trainer}, {name}", note=error, is_wrong=True))
                else:
                    cases[name, trainer] = partial(each, train, recipe.epochs)
            kernel.train(replace(recipe, epochs=1), parameters[:1])  # loads the machine code
            cases[name, HERE] = partial(of_processor, kernel.train, recipe, parameters)
        cases["`gustaw`", "reference"] = partial(of_processor, reference.train, GUSTAW, start_of(GUSTAW)[:1])
        if platform.machine() in ("x86_64", "AMD64"):
            cases["`gustaw`", NARROW] = partial(on_narrow_registers, cache)
        values = interleave("browser", cases, options.rounds)
    rows = [_row(name, trainer, values) for name, trainer in values if trainer != HERE]
    return [Table(TITLE.format(_version()), rows + notes, duration)]


@cache
def flags():
    """What node is asked for."""
    known = subprocess.run(["node", "--v8-options"], capture_output=True, text=True).stdout
    return [FUSES] if FUSES in known else []


def in_node(recipe, parameters, module, epochs):
    """What `browser.js` answers: seconds, and the losses (n,)."""
    job = {
        "parameters": base64.b64encode(parameters.copy()).decode(),
        "epochs": epochs,
        "learningRate": recipe.learning_rate,
    }
    if module:
        code = base64.b64encode(getattr(wasm_modules(recipe), module)).decode()
        job |= {"module": code, "layout": wasm_layout(recipe)}
    node = ["node", *flags(), str(ROOT / "benchmarks/browser.js")]
    done = subprocess.run(node, input=json.dumps(job), capture_output=True, text=True)
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if "Error" in line]
        raise FailedError(f"node failed: {(reasons or ['without a word'])[0]}")
    return json.loads(done.stdout)


def each(train, epochs):
    return train(epochs)["seconds"] / NETWORKS


def of_processor(train, recipe, parameters):
    """Seconds a training that the processor works for this process."""
    start = time.process_time()
    train(recipe, parameters if len(parameters) > 1 else parameters[0])
    return (time.process_time() - start) / len(parameters)


def here():
    """Seconds a training of `gustaw` with the kernel, as this process compiles it."""
    parameters = start_of(GUSTAW)[:NETWORKS]
    kernel.train(replace(GUSTAW, epochs=1), parameters)
    return of_processor(kernel.train, GUSTAW, parameters)


def on_narrow_registers(cache):
    """The same in a process whose compiler knows but an older processor; `cache` is a folder for its machine code."""
    command, kept = [sys.executable, "-c", NARROW_PROGRAM], os.environ | {"XDG_CACHE_HOME": cache}
    return float(subprocess.run(command, env=kept, cwd=ROOT, capture_output=True, check=True).stdout)


def start_of(recipe):
    return initial_parameters(Point(recipe, 0, "common"), 0, BATCH)


def _row(name, trainer, values):
    against = HERE if trainer in (FUSED, UNFUSED) else UNFUSED if trainer == NARROW else FUSED
    n = "1 network" if trainer == "reference" else f"{NETWORKS} networks"
    return Row(f"{trainer}, {name}", n, values[name, trainer], against, values.get((name, against), []))


def _version():
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
