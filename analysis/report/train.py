"""The part of the page that trains: what it embeds of a recipe and of a study, and its HTML."""

import base64
import zlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np

from analysis.figures.parts.axis import loss_unit
from analysis.report import markup
from analysis.report.explore import loss_name
from analysis.report.headline import predictions
from sweep.inspection.browser import browser_kernel
from sweep.recipe import Recipe, predicted_spread
from sweep.recipe.field import is_spread, layers_of, value_of
from sweep.recipe.recipe import network_of
from sweep.statistics.answer import Answer, best_point, nearest_point, predicted_value
from sweep.store import Results
from sweep.study import Axis, Point, Study
from sweep.study.distributions import CUT, CUT_DEVIATION, LARGEST, mean_length
from sweep.study.draws import initial_parameters, shuffle_keys
from sweep.study.overlap import Draw, draw_of
from sweep.study.words import swept_spread

TRAIN_ID = "train-data"
RANGE = (0.05, 20.0)
"""Spreads of the slider where none is swept."""
CURVE = 200
"""Spreads at which the study's curve is embedded."""
STORED = 4
"""Repeats of a point whose starts are embedded."""
MOST_NUMBERS = 20_000
"""Parameters of starts that are embedded, the most."""
LEAD = (
    "Your browser trains networks here, with the code that made these results, compiled to WebAssembly. Nothing is "
    "loaded and nothing leaves this page. The draws are this page's own: a link to a seed repeats them."
)


def train_part(recipes: Sequence[dict[str, Any]], repeat: str) -> str:
    """The HTML of the part, with what it embeds of the recipes that it can train.

    Args:
        recipes: as `model` or `train_data` gives them.
        repeat: the heading above the training of all spreads.
    """
    template = files("analysis.report").joinpath("train.html").read_text(encoding="utf-8")
    fields = dict.fromkeys(recipe["field"] for recipe in recipes)
    return Template(template).substitute(
        lead=escape(LEAD),
        field=escape(" or ".join(fields)),
        repeat=escape(repeat),
        data=markup.embedded(TRAIN_ID, list(recipes)),
    )


def train_data(store: Results, found: Answer) -> dict[str, Any]:
    """What the page embeds to train the networks of a study: `model` of its recipe, and what the study found.

    Returns:
        Beside what `model` returns, `study` with the curve and the minimum, None where no spread alone is swept, and
        `stored`, starts of the study with the losses that it recorded.

    Raises:
        UsageError: a browser cannot train them; the message says why.
    """
    study = found.study
    recipe = network_of(study.recipe, "this page")
    recipes = [network_of(point.recipe, "this page") for point in study.points]
    field = swept_spread(study) or default_field(recipe)
    spreads = [spread for one in recipes if (spread := value_of(one, field)) > 0]
    low, high = (min(spreads), max(spreads)) if spreads and max(spreads) > min(spreads) else RANGE
    lowest = found.minimum.spread.estimate if found.minimum is not None and is_spread(study.axes[0].field) else None
    at = lowest or predicted_spread(recipe, field) or 1.0
    of_spreads = all(is_spread(axis.field) for axis in study.axes)
    return {
        **model("", recipe, field, (low, high), at, recipes),
        "study": studied(found) if of_spreads else None,
        "stored": stored(store, found, field, lowest) if of_spreads else [],
    }


def model(
    name: str,
    recipe: Recipe,
    field: str,
    ends: tuple[float, float],
    at: float,
    others: Sequence[Recipe] = (),
) -> dict[str, Any]:
    """What the page embeds to train a recipe.

    Args:
        name: of the recipe, where it is chosen from several.
        recipe: what is trained.
        field: the spread that is chosen.
        ends: of the slider.
        at: where it begins.
        others: recipes that are trained by the same module.

    Raises:
        UsageError: a browser cannot train it; the message says why.
    """
    modules, layout = browser_kernel(recipe, others)
    draw, swept = draw_of(recipe, field), layers_of(recipe, field)
    layers = [
        {
            "inputs": layer.fan_in,
            "outputs": layer.fan_out,
            "swept": number in swept,
            "unit": layer.unit(recipe.spread_unit),
            "spread": spread,
            **drawn_from(recipe, number),
        }
        for number, (layer, spread) in enumerate(zip(recipe.layers, recipe.spreads, strict=True))
    ]
    study = Study(recipe, ())
    return {
        "name": name,
        "modules": {name: packed(module) for name, module in modules._asdict().items()},
        "layout": layout,
        "parameters": recipe.n_parameters,
        "layers": layers,
        "biases": recipe.biases,
        "distribution": draw.distribution,
        "draw": pooled(draw),
        "field": field,
        "low": ends[0],
        "high": ends[1],
        "at": float(f"{at:.3g}"),
        "predictions": predictions(Study(recipe, (Axis(field, ends),))),
        "unit": loss_unit(study),
        "lossName": loss_name(study),
    }


def pooled(draw: Draw) -> dict[str, Any] | None:
    """What the page needs to pool draws; None of those without a density that all spreads share."""
    if not draw.has_length:
        return None
    underlying = CUT_DEVIATION if draw.distribution == "truncated_normal" else 1.0
    return {**draw._asdict(), "deviations": draw.deviations, "underlying": underlying}


def packed(module: bytes) -> str:
    """A module as text, a quarter as long as its bytes."""
    return base64.b64encode(zlib.compress(module, 9)).decode()


def drawn_from(recipe: Recipe, number: int) -> dict[str, Any]:
    """What a layer's draws at a spread of 1 are from, with the numbers that this takes."""
    name = recipe.hidden_distribution if number < len(recipe.hidden) else "normal"
    layer = recipe.layers[number]
    count = (layer.fan_in + (recipe.biases == "drawn")) * layer.fan_out
    numbers = {
        "uniform": {"largest": LARGEST["uniform"]},
        "truncated_normal": {"largest": LARGEST["truncated_normal"], "cut": CUT},
        "sphere": {"length": mean_length(count)},
    }
    return {"distribution": name, **numbers.get(name, {})}


def default_field(recipe: Recipe) -> str:
    """The spread that is chosen where none is swept: of the hidden layers where they share one."""
    if not recipe.hidden:
        return "output_std_dev"
    return "hidden_std_dev.1" if isinstance(recipe.hidden_std_dev, tuple) else "hidden_std_dev"


def studied(found: Answer) -> dict[str, Any] | None:
    """The study's curve at CURVE spreads, and its minimum; None without a curve."""
    if found.curve is None or len(found.curve.values) < 2 or found.curve.values[0] <= 0:
        return None
    values = np.geomspace(found.curve.values[0], found.curve.values[-1], CURVE)
    at = found.curve.at(values)
    minimum = found.minimum
    return {
        "curve": {
            "values": values.tolist(),
            "mean": _plain(at.mean),
            "standardError": _plain(at.standard_error),
        },
        "minimum": minimum and {"spread": minimum.spread.to_dict(), "mean": minimum.mean.to_dict()}
        if minimum is not None and np.isfinite(minimum.spread.low)
        else None,
    }


def stored(store: Results, found: Answer, field: str, lowest: float | None) -> list[dict[str, Any]]:
    """Starts of the first repeats of the points nearest to the minimum and to Xavier's spread, with their losses."""
    study, best = found.study, best_point(found.summary)
    if best is None:
        return []
    wanted = {best if lowest is None else nearest_point(found.summary, study, best, lowest)}
    predicted = predicted_value(study)
    if predicted is not None:
        wanted.add(nearest_point(found.summary, study, best, predicted))
    places = sorted(place for place in wanted if place is not None)
    return [one for place in places for one in stored_of(store, study.points[place], field, STORED)]


def stored_of(store: Results, point: Point, field: str, most: int) -> list[dict[str, Any]]:
    """The first stored repeats of a point, as many as may be embedded."""
    recipe = network_of(point.recipe, "this page")
    most = min(most, MOST_NUMBERS // (2 * recipe.n_parameters))
    if not most:
        return []
    read = store.columns(point.identity, most, ["repeat", "loss"])
    starts, keys = initial_parameters(point, 0, most), shuffle_keys(point, 0, most)
    return [
        {
            "spread": value_of(recipe, field),
            "repeat": int(repeat),
            "loss": float(loss) if np.isfinite(loss) else None,
            "parameters": starts[repeat].tolist(),
            "key": str(keys[repeat]),
        }
        for repeat, loss in zip(read["repeat"], read["loss"], strict=True)
    ]


def _plain(numbers: "np.typing.NDArray[np.float64]") -> list[float | None]:
    return [value if np.isfinite(value) else None for value in numbers.tolist()]
