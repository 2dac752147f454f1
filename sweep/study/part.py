"""One part of a study that is divided, over servers or machines: some of its points."""

from typing import NamedTuple

from sweep.errors import UsageError
from sweep.study.study import Point, Study


class Part(NamedTuple):
    """The `number`-th of `parts` parts of a study, each of which has every `parts`-th of its points."""

    number: int
    parts: int

    def points(self, study: Study) -> tuple[Point, ...]:
        """The points of a study that are this part's.

        Raises:
            UsageError: the study has a target, which is decided on all points, or fewer points than parts.
        """
        if study.until is not None and self != WHOLE:
            raise UsageError(
                f"part was given as {self} with a target, which is decided on all points together; leave out the one "
                "or the other"
            )
        if len(study.points) < self.parts:
            raise UsageError(f"part was given as {self}; the study has {len(study.points):,} points to be divided")
        return study.points[self.number - 1 :: self.parts]

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.number}/{self.parts}"


WHOLE = Part(1, 1)
"""All of a study."""


def read_part(text: str) -> Part:
    """The part that is typed as NUMBER/PARTS.

    Raises:
        UsageError: it is typed otherwise, or there is no such part.

    Examples:
        >>> from sweep import Axis, Recipe
        >>> study = Study(Recipe(), (Axis("hidden_std_dev", (0.25, 0.5, 1.0, 2.0, 4.0)),))
        >>> [point.recipe.hidden_std_dev for point in read_part("2/2").points(study)]
        [0.5, 2.0]
    """
    number, _, parts = text.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise UsageError(f"part was given as {text!r}; allowed is 1/2 for the first of two parts, 2/2 for the second")
    return Part(int(number), int(parts))
