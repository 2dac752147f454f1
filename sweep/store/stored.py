"""Which of a study's trainings a store holds."""

from collections.abc import Mapping

from sweep.store import Store
from sweep.study import Repeats, Study, compact


def stored_repeats(store: Store, study: Study, repeats: Mapping[str, int] | None = None) -> dict[str, Repeats]:
    """Point identity -> the repeats asked for that are stored, as `plan` needs it; `repeats` is as `plan` has it."""
    repeats = {point.identity: study.repeats for point in study.points} if repeats is None else repeats
    together: dict[int, list[str]] = {}
    for identity, below in repeats.items():
        together.setdefault(below, []).append(identity)
    return {
        identity: range(below) if count == below else compact(store.repeats(identity)[:count])
        for below, identities in together.items()
        for identity, count in store.counts(identities, below).items()
    }
