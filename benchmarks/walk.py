"""A training function of one's own, of some work, an outcome beside its loss, and trainings that diverge."""

import numpy as np

from sweep import training


@training
def walk(rng, *, hidden_std_dev=1.0):
    """The mean distance of a random walk of 24 numbers; one that goes too far raises an error."""
    places = np.cumsum(rng.normal(0, hidden_std_dev, (1000, 24)), axis=0)
    furthest = float(np.abs(places).max())
    if furthest > 700:
        raise OverflowError("it went too far")
    return {"loss": float(np.abs(places).mean()), "furthest": furthest}
