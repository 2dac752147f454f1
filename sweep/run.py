"""python -m sweep.run: train a study and keep every result in a store.

`sweep.run` is also the function that does so from Python, `analysis.running.run`; this module passes its calls on, for
where it was imported under that name.
"""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from sweep.console.command import INTERRUPTED, run_command, store_option
from sweep.console.progress import said_if_long
from sweep.console.words import plural
from sweep.execution.backend import Backend
from sweep.execution.options import build_parser, options_of_study, read_asked
from sweep.execution.running import Interrupted, choose_backend, other_versions, run_study
from sweep.recipe.table import recipe_table
from sweep.store import Store, open_store
from sweep.store.patience import PatientStore
from sweep.store.provenance import command_line
from sweep.study import Part, Study
from sweep.study.part import WHOLE, read_part
from sweep.study.study_file import to_toml, write_study_file


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = build_parser(arguments).parse_args(arguments)
    if options.list_recipes:
        print(recipe_table())
        return 0
    asked_for = options_of_study(options)
    part = read_part(options.part)
    with said_if_long("Setting up the points of the study …", quiet=options.quiet):
        study = read_asked(asked_for)
        part.points(study)  # refuses what the study does not have
    command = command_line("sweep.run", arguments)
    with choose_backend(
        study.recipe, options.device, options.cluster, options.workers, options.store, options.wait
    ) as backend:
        if options.save:
            write_study_file(options.save, asked_for)
        with PatientStore(open_store(options.store, create=True), options.wait) as store:
            file = to_toml(asked_for) if options.study else None
            return answer_study(study, store, options.store, backend, command, options.quiet, file, part)


def answer_study(
    study: Study,
    store: Store,
    url: str,
    backend: Backend,
    command: str,
    quiet: bool,
    file: str | None = None,
    part: Part = WHOLE,
) -> int:
    """Train what the store lacks of the study, or of a part of it, and print the answer; return the exit code."""
    if not quiet:
        print(f"{asked(study, part)}. {study.sentence}.", flush=True)
    if told := other_versions(study, store):
        print(told, flush=True)
    try:
        ran = run_study(study, store, url, backend, command, quiet, file, part)
    except Interrupted as error:
        print(error, file=sys.stderr)
        return INTERRUPTED
    if ran.n_trained:
        print(
            f"Stored {ran.n_trained:,} trainings in {store.name} in {ran.seconds:.1f} s, "
            f"{ran.n_trained / ran.seconds:,.0f} a second with {backend.description}."
        )
    if ran.report:
        print(ran.report)
    from sweep.statistics.answer import answer

    print(answer(store, study))
    if part != WHOLE:
        print(f"That is of part {part} alone; with a --store for each part every analysis reads them as one.")
    print(f"Next: python -m analysis figures{store_option(url)}\n      python -m analysis summary{store_option(url)}")
    return 0


def asked(study: Study, part: Part) -> str:
    """What was asked for, in words."""
    if part != WHOLE:
        n = len(part.points(study))
        return f"Part {part}: {n:,} of {plural(len(study.points), 'point')} × {plural(study.repeats, 'repeat')}"
    points, target = plural(len(study.points), "point"), study.until
    if target is None:
        return f"{points} × {plural(study.repeats, 'repeat')}"
    return f"{points} × {target.first_round:,} repeats, then more {target.sentence}, at most {study.repeats:,} a point"


class _CallableModule(ModuleType):
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return sys.modules["sweep"].__getattr__("run")(*arguments, **named)


if __name__ in sys.modules:
    sys.modules[__name__].__class__ = _CallableModule

if __name__ == "__main__":
    run_command(main)
