"""What a simulation of coverage found, as a page."""

from scipy import stats

from benchmarks.studies import REGION

AIM = (0.935, 0.965)
ABOUT = (
    "How often stated 95 % intervals held the truth, in simulated studies of each design and size (values of each "
    "spread × trainings at each place). Bold: outside {:.1%} to {:.1%}. Chance alone spreads a true 95 % of 2,000 "
    "studies over {:.1%} to {:.1%}."
)
AN_END = ", an end"
SAYS_SO = "says that it shows no minimum inside"


def page(kept, cases):
    """The lines of all that is kept, by name, in the order of the cases."""
    by_chance = (hits / 2000 for hits in stats.binom.interval(0.95, 2000, 0.95))
    yield from ["# Measured by `make coverage`", "", ABOUT.format(*AIM, *by_chance)]
    yield from ["", summary(kept)]
    for name in cases:
        if kept.get(name, {}).get("columns"):
            yield from ["", f"## {name}", "", *section(kept[name])]


def summary(kept):
    """How many shares of all recipes lie within the aim, and the lowest and the highest, in words."""
    found = [
        (column["holds"][row] / column["n"], f"{what}, {name}, {heading}")
        for name, one in kept.items()
        for heading, column in one.get("columns", {}).items()
        for row, (what, true) in enumerate(one["truths"].items())
        if not true.endswith(AN_END) and what != REGION
    ]
    inside = sum(AIM[0] <= share <= AIM[1] for share, _ in found)
    low, high = (f"{share:.1%} ({where})" for share, where in (min(found), max(found)))
    return f"Of {len(found)} shares {inside} lie within the aim; the lowest is {low}, the highest {high}."


def section(kept):
    """The lines of one recipe."""
    columns = kept["columns"]
    yield from dict.fromkeys(line for one in columns.values() for line in one["on"])
    yield from ["", *kept["population"]]
    yield f"| stated 95 % interval | truth | {' | '.join(columns)} |"
    yield "|---|---:|" + "---:|" * len(columns)
    for row, (what, true) in enumerate(kept["truths"].items()):
        yield f"| {what} | {true} | {' | '.join(cell(what, true, row, one) for one in columns.values())} |"
    yield f"| {SAYS_SO} | | {' | '.join(percent(one, one['says so']) for one in columns.values())} |"
    yield ""
    for name, one in columns.items():
        yield f"- {name}: {one['n']:,} studies in {one['minutes']} minutes, begun {one['begun']}"


def percent(column, count):
    return f"{count / column['n']:.1%}"


def cell(what, true, row, column):
    """The share of studies whose interval holds the truth; bold outside the aim, which for a region is 95 % or more.
    Where the truth is an end of what was swept, no interval can hold it, and the share is of those that say so; where
    it is an end of 0 to 1, every interval should reach it."""
    if true.endswith(AN_END) and not what.startswith("fraction"):
        return f"{percent(column, column['says so'])} say so"
    share, words = column["holds"][row] / column["n"], percent(column, column["holds"][row])
    highest = 1 if what == REGION or true.endswith(AN_END) else AIM[1]
    return words if AIM[0] <= share <= highest else f"**{words}**"


def truth_words(what, true, error):
    """A true value with its standard error, None for an end."""
    if what == REGION:
        return ""
    form = ".3%" if what.startswith(("change", "gain", "fraction")) else ".4f" if what.startswith("min") else ",.2f"
    return f"{true:{form}}{AN_END}" if error is None else f"{true:{form}} ± {error:{form.lstrip(',')}}"
