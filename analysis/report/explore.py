"""The data behind the part of the page that shows one swept value at a time: mean, histogram and sample traces."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.figures.parts.axis import is_log, loss_unit, positions
from analysis.report.headline import predictions
from analysis.tables.curve import with_curve
from analysis.tables.pooled import with_pooled_solved
from sweep.inspection.replay import loss_curves
from sweep.recipe import Recipe
from sweep.recipe.recipe import network_of
from sweep.statistics.answer import Answer, best_point
from sweep.statistics.observed import has_accuracy
from sweep.store import Results
from sweep.study import Study
from sweep.study.draws import initial_parameters, shuffle_keys
from sweep.study.words import digits_of, format_value

Array = NDArray[np.float64]

BINS = 40
TRACES = 5
EPOCHS_SHOWN = 101
MOST_TRACED = 75
MOST_OPERATIONS = 4e9
"""Multiplications, or so, spent on traces: a few seconds."""


def explore_data(store: Results, found: Answer) -> dict[str, Any] | None:
    """What the page embeds for a study with one axis; None with several, or where no training counts.

    Returns:
        Lists along the axis, by ascending value where these are numbers; null where there is no number. `count`
        and `diverged` are the summary's, with every digit, as are `mean`, `standard_error` and `solved` unless the
        curve is pooled; `best` is the place of the value nearest to the minimum.
    """
    study, summary = found.study, with_curve(found.summary, found)
    if study.knows_solved:
        summary = with_pooled_solved(summary, found)
    best = best_point(summary)
    if len(study.axes) != 1 or best is None:
        return None
    (axis,) = study.axes
    if found.minimum is not None and found.curve is not None:
        best = int(np.argmin(np.abs(np.log(summary[axis.field].to_numpy(float) / found.minimum.spread.estimate))))
        if found.curve.method == "pooled":
            summary = summary.assign(mean=summary["curve"], standard_error=summary["curve_error"])
    order = sorted(range(len(axis.values)), key=positions(axis).__getitem__)
    rows = summary.iloc[order]
    values = [axis.values[i] for i in order]
    return {
        "field": axis.field,
        "unit": loss_unit(study),
        "loss_name": loss_name(study),
        "values": values if axis.is_numeric else None,
        "names": [format_value(value, axis.field) for value in values],
        "log": axis.is_numeric and is_log(values),
        "predictions": predictions(study),
        "best": order.index(best),
        "digits": digits_of(float(summary["mean"].iloc[best])),
        **{name: _plain(rows[name]) for name in ("mean", "standard_error", "count", "diverged")},
        "solved": _plain(rows["solved"]) if study.knows_solved else None,
        "accuracy": _plain(rows["accuracy"]) if has_accuracy(study) and "accuracy" in rows else None,
        "histogram": histogram([study.points[i].identity for i in order], store, study),
        "traces": traces(study, order, best) if study.knows_solved else {"points": [], "epochs": [], "loss": []},
    }


def loss_name(study: Study) -> str:
    """What the loss of one epoch is."""
    if not isinstance(study.recipe, Recipe):
        return "loss"
    return "mean squared error" if study.recipe.loss == "mse" else "mean loss (nats)"


def histogram(identities: list[str], store: Results, study: Study) -> dict[str, Any]:
    """Total losses of every point's own trainings, solved and stuck at the end, on bins that all points share; all are
    stuck where it is not known which are solved.

    Returns:
        `edges` (bins + 1), whether they are even in the `log`, and the counts `solved` and `stuck` (points, bins).
    """
    names = ["loss", *["solved"] * study.knows_solved]
    read = [store.columns(identity, study.repeats, names) for identity in identities]
    finite = np.concatenate([columns["loss"][np.isfinite(columns["loss"])] for columns in read])
    low, high = float(finite.min()), float(finite.max())
    in_log = is_log([low, high])
    edges = np.geomspace(low, high, BINS + 1) if in_log else np.linspace(0 if low > 0 else low, high or 1, BINS + 1)
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    counted: dict[str, list[list[int]]] = {"solved": [], "stuck": []}
    for columns in read:
        solved = columns.get("solved", np.zeros(len(columns["loss"]), bool))
        for name, kept in (("solved", solved), ("stuck", ~solved)):
            counts = np.histogram(columns["loss"][kept & np.isfinite(columns["loss"])], edges)[0]
            counted[name].append(counts.tolist())
    return {"edges": edges.tolist(), "log": in_log, **counted}


def traces(study: Study, order: list[int], best: int) -> dict[str, Any]:
    """The loss by epoch of the first repeats at some of the points, trained anew.

    Returns:
        `points`, their positions in `order`, the one with the lowest mean among them; `epochs` of each (points, k); and
        `loss` (points, repeats, k), null from where a network diverged. No points where even a few would take long.
    """
    operations = max(point.recipe.operations for point in study.points)
    n_repeats = min(TRACES, study.repeats)
    n_points = min(len(order), MOST_TRACED, int(MOST_OPERATIONS / (operations * n_repeats)))
    if n_points < 1:
        return {"points": [], "epochs": [], "loss": []}
    places = {round(place) for place in np.linspace(0, len(order) - 1, n_points)}
    chosen = sorted(places | {order.index(best)})
    recipes = [network_of(study.points[order[place]].recipe, "a trace") for place in chosen]
    starts = [initial_parameters(study.points[order[place]], 0, n_repeats) for place in chosen]
    keys = [shuffle_keys(study.points[order[place]], 0, n_repeats) for place in chosen]
    epochs = [shown_epochs(recipe) for recipe in recipes]
    losses: list[Any] = [None] * len(chosen)
    # Networks that differ in how they start alone are trained together.
    trained_as = [
        replace(recipe, hidden_std_dev=1.0, output_std_dev=1.0, spread_unit="absolute", hidden_distribution="normal")
        for recipe in recipes
    ]
    for recipe in dict.fromkeys(trained_as):
        alike = [i for i, other in enumerate(trained_as) if other == recipe]
        parameters, of_shuffles = (np.concatenate([of[i] for i in alike]) for of in (starts, keys))
        curves = loss_curves(recipe, parameters, epochs[alike[0]], of_shuffles)
        for i, of_point in zip(alike, np.split(curves, len(alike)), strict=True):
            losses[i] = [_short(curve) for curve in of_point]
    return {"points": chosen, "epochs": epochs, "loss": losses}


def shown_epochs(recipe: Recipe) -> list[int]:
    """The numbers of epochs at which a trace is shown, evenly from 0 to the recipe's epochs."""
    return sorted({round(epoch) for epoch in np.linspace(0, recipe.epochs, EPOCHS_SHOWN).tolist()})


def _plain(column: "pd.Series[Any]") -> list[float | None]:
    return [None if pd.isna(value) else value for value in column.tolist()]


def _short(curve: Array) -> list[float | None]:
    return [float(f"{value:.3g}") if np.isfinite(value) else None for value in curve.tolist()]
