from datetime import datetime

from sweep import RECIPES, Study
from sweep.store.provenance import command_line, describe_run


def test_a_run_says_what_was_asked_and_on_what_it_ran():
    study = Study(RECIPES["gustaw"], repeats=3)
    run = describe_run(study, "python -m sweep.run", 2)
    assert Study.from_dict(run["study"]) == study
    assert run["study_identity"] == study.identity
    assert datetime.fromisoformat(run["started"]).tzinfo is not None
    for name in ("host", "cpu", "python", "numpy", "llvmlite", "sweep", "platform", "id"):
        assert isinstance(run[name], str)
        assert run[name]
    assert run["id"] != describe_run(study, "python -m sweep.run", 2)["id"]


def test_the_recorded_command_line_has_no_password():
    command = command_line("sweep.run", ["--store", "mongodb://me:p%40ss@host/db", "--axis", "hidden_std_dev=1,2"])
    assert command == "python -m sweep.run --store mongodb://me:***@host/db --axis hidden_std_dev=1,2"
