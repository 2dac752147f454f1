"""How a swept field becomes an axis of a figure: to scale where its values are numbers, else by name."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis as MatplotlibAxis
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from analysis.tables.foreign_study import ForeignStudy
from sweep.recipe import OwnRecipe
from sweep.recipe.field import is_spread, weights_in_words
from sweep.study import Axis, Study
from sweep.study.words import format_value, in_words_of

LABELS = {
    "activation": "activation of the hidden units",
    "alpha": "alpha, share of the squared gradients that is kept",
    "batch_size": "rows in a batch",
    "beta1": "beta1, share of the gradients that is kept",
    "beta2": "beta2, share of the squared gradients that is kept",
    "biases": "initial biases",
    "epochs": "epochs",
    "epsilon": "epsilon, added to the root that is divided by",
    "gradient_scale": "loss whose gradient is descended",
    "hidden": "widths of the hidden layers",
    "hidden_distribution": "distribution of the initial hidden weights",
    "learning_rate": "learning rate at the first epoch",
    "momentum": "momentum, share of the last step that is added",
    "output": "output units",
    "schedule": "schedule of the learning rate",
    "solved_below": "mean loss that counts as solved",
    "spread_unit": "unit of the spreads",
    "update_order": "order of the layers' updates",
    "weight_decay": "weight decay",
}
"""Field -> its name on an axis, where that says more than the field's own; spreads have theirs from their layers."""
RULES_BY = {"xavier": "Xavier's", "he": "He's", "lecun": "LeCun's"}
"""Unit of spread -> whose prediction it is a multiple of."""
LOG_FROM_RATIO = 20
"""Values that are positive and span this ratio or more are drawn on a log scale."""

LONGEST_LABEL = 36
"""Characters that fit beside a panel."""
PERCENT = FuncFormatter(lambda fraction, _: f"{round(100 * fraction, 6):g} %")


def is_log(values: Any) -> bool:
    """Whether finite values (n,) are drawn on a log scale: positive and of a ratio of LOG_FROM_RATIO or more."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) < 2 or numbers.min() <= 0:
        return False
    return float(numbers.max()) >= LOG_FROM_RATIO * float(numbers.min())


def label(field: str, spread_unit: str = "absolute") -> str:
    """The name of a field on an axis, with the unit of a spread."""
    if is_spread(field):
        unit = f", in multiples of {RULES_BY[spread_unit]} prediction" if spread_unit in RULES_BY else ""
        return f"standard deviation of the initial {weights_in_words(field)}{unit}"
    return LABELS.get(field, field.replace("_", " "))


def loss_unit(study: Study) -> str:
    """The unit of the total loss: every epoch adds its mean over the rows, cross-entropy being in nats."""
    if isinstance(study.recipe, OwnRecipe):
        return "as stored" if isinstance(study, ForeignStudy) else "as returned"
    if any(axis.field == "loss" for axis in study.axes):
        return "each loss's own unit × epochs"
    return "squared error × epochs" if study.recipe.loss == "mse" else "nats × epochs"


def loss_label(study: Study, what: str = "mean total loss") -> str:
    """The name and unit of a total loss."""
    words = in_words_of(study, f"{what} ({loss_unit(study)})")
    return words if len(words) <= LONGEST_LABEL else words.replace(" (", "\n(")


def in_order(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A table along one axis by ascending value, however the axis was typed; named values keep their order."""
    (axis,) = study.axes
    return table.sort_values(axis.field) if axis.is_numeric else table


def positions(axis: Axis) -> NDArray[np.float64]:
    """Where the values (n,) of an axis are drawn: named ones at 0, 1, …."""
    return np.array(axis.values, dtype=np.float64) if axis.is_numeric else np.arange(len(axis.values), dtype=np.float64)


def edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """The n + 1 borders half-way, on the scale they are drawn on, between ascending positions (n,)."""
    scaled = np.log(centres) if is_log(centres) else centres
    if len(scaled) == 1:
        borders = scaled[0] + np.array([-0.5, 0.5])
    else:
        inner = (scaled[1:] + scaled[:-1]) / 2
        borders = np.array([2 * scaled[0] - inner[0], *inner, 2 * scaled[-1] - inner[-1]])
    return np.asarray(np.exp(borders) if is_log(centres) else borders)


def scale_axis(
    axes: Axes, study: Study, axis: Axis | None = None, side: str = "x", shown: Any = None, width: int = 60
) -> None:
    """Give one side ("x" or "y") of axes the scale, the ticks and the name of a swept field.

    Args:
        axes: a panel of a figure.
        study: what was swept.
        axis: of the study, the first unless given.
        side: "x" or "y".
        shown: the values in the panel where it shows only some; the scale is the one that suits these.
        width: characters in a line of the name.
    """
    axis = axis or study.axes[0]
    where = positions(axis)
    ticks = axes.xaxis if side == "x" else axes.yaxis
    ticks.set_label_text(textwrap.fill(label(axis.field, study.recipe.spread_unit), width))
    if not axis.is_numeric:
        names = [format_value(value, axis.field) for value in axis.values]
        ticks.set_ticks(where, names)
        if side == "x" and sum(map(len, names)) > 70:
            axes.tick_params(axis="x", labelrotation=30)
    elif is_log(where if shown is None else shown):
        log_scale(axes, side)


def log_scale(axes: Axes, side: str) -> None:
    """A log scale with plain numbers."""
    (axes.set_xscale if side == "x" else axes.set_yscale)("log")
    write_plainly(axes.xaxis if side == "x" else axes.yaxis)


def write_plainly(ticks: MatplotlibAxis) -> None:
    """Write the ticks of a log scale as plain numbers: 1, 2 and 5 of a decade, all of them where few fit in.

    What Matplotlib writes there by itself is a formula, of which figures show the source (`sweep.style.STYLE`).
    """

    def write(value: float, _: float | None = None) -> str:
        low, high = sorted(map(float, ticks.get_view_interval()))
        digits = "1" if high > 10**2.5 * low else "125" if high > 5 * low else "123456789"
        return f"{value:,.6g}" if f"{value:e}"[0] in digits else ""

    ticks.set_major_formatter(write)
    ticks.set_minor_formatter(write)


def percent_scale(axes: Axes) -> None:
    """A second side for fractions, from 0 to 100 %, on which marks at both ends can be seen."""
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(PERCENT)
