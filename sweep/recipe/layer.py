"""Layer: one layer of weights, and the spreads that are predicted for it."""

import math
from typing import NamedTuple


class Layer(NamedTuple):
    """One layer of weights: how many units feed each of its units, and how many units it has."""

    fan_in: int
    fan_out: int

    @property
    def xavier(self) -> float:
        """Standard deviation sqrt(2 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 12)."""
        return math.sqrt(2 / (self.fan_in + self.fan_out))

    @property
    def he(self) -> float:
        """Standard deviation sqrt(2 / fan_in) (He et al. 2015, eq. 10)."""
        return math.sqrt(2 / self.fan_in)

    @property
    def lecun(self) -> float:
        """Standard deviation sqrt(1 / fan_in) (LeCun et al. 1998, "Efficient BackProp", eq. 16)."""
        return math.sqrt(1 / self.fan_in)

    def unit(self, name: str) -> float:
        """The standard deviation that is 1 in a recipe's spread_unit of this name."""
        return 1.0 if name == "absolute" else float(getattr(self, name))
