"""What a page needs to train networks in a browser: the kernel's modules, and their layout."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sweep.errors import UsageError
from sweep.kernel.training import structure_of
from sweep.kernel.wasm import Modules, wasm_layout, wasm_modules
from sweep.recipe import Recipe


class BrowserKernel(NamedTuple):
    """The kernel of a recipe for browsers; `analysis/report/kernel.js` trains with it.

    Attributes:
        modules: of WebAssembly.
        layout: as `sweep.kernel.wasm.wasm_layout` describes it.
    """

    modules: Modules
    layout: dict[str, Any]


def browser_kernel(recipe: Recipe, others: Sequence[Recipe] = ()) -> BrowserKernel:
    """The kernel that trains a recipe, and with other numbers the others, in a browser.

    Raises:
        UsageError: the recipes differ in what is compiled in, or one is too large for a browser.

    Examples:
        >>> from dataclasses import replace
        >>> recipe = Recipe(epochs=10)
        >>> browser_kernel(recipe, [replace(recipe, hidden_std_dev=0.5)]).modules.plain[:4]
        b'\\x00asm'
        >>> browser_kernel(recipe, [replace(recipe, activation="tanh")])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        sweep.errors.UsageError: the study has recipes of 2 structures; ...
    """
    structures = {json.dumps(structure_of(one), sort_keys=True) for one in (recipe, *others)}
    if len(structures) > 1:
        raise UsageError(f"the study has recipes of {len(structures)} structures; allowed in a browser is one")
    return BrowserKernel(wasm_modules(recipe), wasm_layout(recipe))
