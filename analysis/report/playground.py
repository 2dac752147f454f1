"""python -m analysis.report.playground: a page that trains the published programs' networks, and needs no study."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from analysis.report import markup
from analysis.report.page import fill, write_text
from analysis.report.train import RANGE, model, train_part
from sweep.console.command import Parser, run_command
from sweep.files import check_place, check_spares
from sweep.recipe import RECIPES, describe_recipe, predicted_spread
from sweep.recipe.published import PROGRAMS

FIELD = "hidden_std_dev"
TITLE = "From which initial spread does a small network learn?"
ANSWER = (
    "Choose a published program and a spread, and watch its networks learn, or train all spreads and see which is the "
    "best, and whether Xavier's prediction finds it."
)


def playground() -> str:
    """The page as text."""
    models = [
        model(name, recipe, FIELD, RANGE, predicted_spread(recipe, FIELD) or 1.0) for name, recipe in RECIPES.items()
    ]
    rows = [
        (name, f"{program.source}. {describe_recipe(program.recipe, [FIELD])}.") for name, program in PROGRAMS.items()
    ]
    parts = "\n".join(
        f'<section id="{name}">\n<h2>{escape(heading)}</h2>\n{html}\n</section>'
        for name, heading, html in (
            ("train", "Train it here", train_part(models, "Train all spreads")),
            ("recipes", "The programs", markup.definitions(rows)),
        )
    )
    contents = '<a href="#train">Train it here</a><a href="#recipes">The programs</a>'
    return fill(TITLE, markup.paragraph(ANSWER, "lead"), contents, parts)


def build_parser() -> Parser:
    """The options."""
    parser = Parser(
        prog="python -m analysis.report.playground",
        description="Write one page, which needs no study, that trains the published programs' networks in a browser.",
    )
    parser.add_argument("out", metavar="FILE", help="where to write, such as playground.html")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page."""
    name = build_parser().parse_args(arguments).out
    check_spares(name)
    check_place(out := Path(name))
    write_text(out, playground())
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, one file that opens in any browser")
    return 0


if __name__ == "__main__":
    run_command(main)
