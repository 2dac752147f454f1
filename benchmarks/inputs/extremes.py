"""Studies at the ends of what may be asked: each must come to an answer, a sentence, or an end when interrupted."""

from typing import NamedTuple

from benchmarks.inputs.case import Case

CHEAP = ("--recipe", "twenty-lines", "--set", "epochs=3")
FEW = ("--repeats", "3")
RUN = ("--workers", "1", "--wait", "0", "--store", "made.sqlite3")


class Extreme(NamedTuple):
    """A study at an end.

    Attributes:
        name: as it is shown.
        case: runs it.
        seconds: after which it is interrupted.
    """

    name: str
    case: Case
    seconds: float


def run(name: str, *arguments: str, seconds: float = 20) -> Extreme:
    """An extreme of `sweep.run`."""
    return Extreme(name, Case("sweep.run", (*arguments, *RUN)), seconds)


def field(name: str, *values: str) -> Extreme:
    """An extreme of a field."""
    settings = [word for value in values for word in ("--set", value)]
    return run(name, *CHEAP, *settings, "--axis", "hidden_std_dev=0.5,1", *FEW)


def extremes() -> list[Extreme]:
    """All of them."""
    rows = "\n".join(
        ["spread,loss", *(f"{10.0**power!r},{abs(power) + seed}" for power in range(-150, 151, 5) for seed in range(3))]
    )
    decades = Case("analysis.__main__", ("minimum", "--results=made.csv", "--x=spread"), (("made.csv", rows.encode()),))
    return [
        run("a million points", *CHEAP, "--axis", "learning_rate=log:0.001:1:1000000", "--repeats", "1", seconds=20),
        run(
            "a thousand million repeats, 10 s",
            *CHEAP,
            "--axis",
            "hidden_std_dev=0.5,1",
            "--repeats",
            "1000000000",
            seconds=10,
        ),
        run(
            "a thousand million repeats, 40 s",
            *CHEAP,
            "--axis",
            "hidden_std_dev=0.5,1",
            "--repeats",
            "1000000000",
            seconds=40,
        ),
        run(
            "widths 1024x1024",
            *CHEAP,
            "--set",
            "hidden=1024x1024",
            "--axis",
            "learning_rate=0.1,1",
            "--repeats",
            "1",
            seconds=60,
        ),
        run(
            "ten million epochs",
            "--recipe",
            "twenty-lines",
            "--set",
            "epochs=10000000",
            "--axis",
            "hidden_std_dev=0.5,1",
            *FEW,
        ),
        run("an axis over 300 decades", *CHEAP, "--axis", "hidden_std_dev=log:1e-150:1e150:301", *FEW, seconds=60),
        Extreme("results over 300 decades", decades, 60),
        run("one spread 0", *CHEAP, "--axis", "hidden_std_dev=0,0.5,1", *FEW),
        run("all spreads 0", *CHEAP, "--set", "output_std_dev=0", "--axis", "hidden_std_dev=0,1", *FEW),
        run("denormal spreads", *CHEAP, "--axis", "hidden_std_dev=5e-324,1e-320,1e-310,1e-300,1", *FEW),
        run("spreads of 1e308", *CHEAP, "--axis", "hidden_std_dev=1e300,1e305,1e307,1e308,1.7e308", *FEW),
        run("spreads from 5e-324 to 1.7e308", *CHEAP, "--axis", "hidden_std_dev=log:5e-324:1.7e308:20", *FEW),
        field("learning rate 1e308", "learning_rate=1e308"),
        field("learning rate 5e-324", "learning_rate=5e-324"),
        field("weight decay 1e308", "weight_decay=1e308"),
        field("epsilon 5e-324", "optimizer=adam", "epsilon=5e-324"),
        *(
            run(f"seed {seed}", *CHEAP, "--axis", "hidden_std_dev=0.5,1", *FEW, "--seed", str(seed))
            for seed in (0, 2**63 - 1, 2**63, 2**64, -1)
        ),
        run(
            "a target that cannot be met",
            *CHEAP,
            "--axis",
            "hidden_std_dev=log:0.5:2:9",
            "--until-rse",
            "1e-300",
            "--max-repeats",
            "3000",
        ),
        run(
            "a target on nothing but diverged",
            *CHEAP,
            "--set",
            "learning_rate=1e308",
            "--axis",
            "hidden_std_dev=log:1e300:1e308:9",
            "--until-minimum",
            "0.01",
            "--repeats",
            "100",
            "--max-repeats",
            "1000",
        ),
        run(
            "a target for the place that cannot be met",
            *CHEAP,
            "--axis",
            "hidden_std_dev=log:0.5:2:9",
            "--until-spread",
            "1e-12",
            "--repeats",
            "100",
            "--max-repeats",
            "3000",
        ),
    ]
