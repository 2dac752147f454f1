"""Figures as SVG text that can stand inside a page, many on one."""

import io
import re
from html import escape

from matplotlib.figure import Figure

from sweep.style import save_figure

PIXELS_PER_INCH = 96


def inline_svg(figure: Figure, name: str, label: str) -> str:
    """An <svg> element without the XML prologue, as wide as there is room for, at most its own size.

    Args:
        figure: what to write; the same figure gives the same text.
        name: a word that begins every id in it, so that no two figures on a page share one.
        label: what a screen reader says in its place.
    """
    file = io.StringIO()
    save_figure(figure, file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    whole = file.getvalue()
    inside = re.sub(
        r"<metadata>.*?</metadata>", "", whole[whole.index(">", whole.index("<svg")) + 1 :], flags=re.DOTALL
    )
    inside = re.sub(r'\bid="', f'id="{name}-', inside)
    inside = re.sub(r'(xlink:href="|url\()#', rf"\1#{name}-", inside)
    width, height = figure.get_size_inches()
    box = re.search(r'viewBox="[^"]*"', whole)
    size = f"--inches:{width:g};max-width:{width * PIXELS_PER_INCH:.0f}px;aspect-ratio:{width:g}/{height:g}"
    return (
        f'<svg role="img" aria-label="{escape(label)}" {box[0] if box else ""} style="{size}" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink">{inside.strip()}'
    )
