"""What all figures share: colours, sizes, and how they are written."""

import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from sweep.files import unwritable, write_csv

# Okabe & Ito's colours, which people with any common colour blindness can tell apart.
BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
BLACK = "#000000"
SOLVED, STUCK = BLUE, ORANGE
# Even steps of lightness, which no colour blindness takes away.
MAP_COLOURS, DENSITY_COLOURS = "viridis", "cividis"
NO_VALUE = "#cccccc"

STYLE: Any = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "svg.hashsalt": "sweep",
    "text.parse_math": False,  # a name is no formula, which may be a wrong one
    "svg.fonttype": "path",
}


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that many inches in this project's style; it needs no display."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def save(figure: Figure, table: pd.DataFrame, folder: Path, name: str) -> list[Path]:
    """Write NAME.png, NAME.svg and NAME.csv; the same table gives the same bytes.

    Raises:
        FailedError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error.strerror or str(error)) from error
    paths = [folder / f"{name}.{suffix}" for suffix in ("png", "svg", "csv")]
    write_figure(figure, paths[0])
    write_figure(figure, paths[1])
    write_csv(table, paths[2])
    return paths


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the path's ending says.

    Raises:
        FailedError: the file cannot be written.
    """
    # Neither a date nor a version: the same figure gives the same bytes.
    metadata = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    try:
        save_figure(figure, path, metadata=metadata[path.suffix])
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from error


def save_figure(figure: Figure, target: Any, **how: Any) -> None:
    """Lay a figure out and have matplotlib save it; a letter that the font lacks is a box, and is not told of."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)
        settle(figure)
        figure.savefig(target, **how)


def settle(figure: Figure) -> None:
    """Lay a figure out, once for all formats: matplotlib does so for each, and draws all of it once more for that."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)
