"""The stand-in for the study of results that another program stored."""

from dataclasses import dataclass

from sweep.study import Study


@dataclass(frozen=True)
class ForeignStudy(Study):
    """What stands in for the study of results whose recipe, seed and draws are not known.

    Its recipe has no hidden layer: nothing predicts a spread of it.
    """

    n_output_spreads: int = 1

    def __post_init__(self) -> None:
        """Nobody typed anything that could be refused."""

    @property
    def sentence(self) -> str:
        """What is not known, in words."""
        pooled = f"; {self.n_output_spreads:,} values of output_std_dev are pooled" if self.n_output_spreads > 1 else ""
        return f"Results of another program: recipe, seed, draws and what was solved are not known{pooled}"
