"""`python -m sweep.run` and `python -m sweep.status` as a person uses them."""

import sqlite3

import pytest

from tests import commands

SMALL = ["--set", "epochs=30", "--axis", "hidden_std_dev=0.5,0.7,1", "--repeats", "40", "--store", "store.db"]


@pytest.fixture
def folder(tmp_path):
    """A folder with the store of a small study."""
    done = commands.run("sweep.run", *SMALL, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def run(folder, *arguments, environment=None):
    return commands.run("sweep.run", *arguments, folder=folder, environment=environment)


def test_a_run_ends_with_best_xavier_improvement_and_two_commands(tmp_path):
    done = run(tmp_path, *SMALL)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("3 points × 40 repeats. Swept: hidden_std_dev. Trained: 2-2-1 network on xor, sigmoid")
    assert lines[1].startswith("Stored 120 trainings in store.db in ")
    assert lines[2].startswith("Best:   hidden_std_dev = ")
    assert lines[3].startswith("Xavier: hidden_std_dev = 0.7: mean total loss ")
    assert lines[3].endswith("(predicted 0.7071)")
    assert "standard error" in lines[4]
    assert "(paired by repeat)" in lines[4]
    assert lines[5:] == [
        "Next: python -m analysis figures --store store.db",
        "      python -m analysis summary --store store.db",
    ]
    assert done.stderr == ""


def test_the_commands_it_suggests_work(folder):
    for command in ("figures", "summary"):
        assert commands.run("analysis", command, "--store", "store.db", folder=folder).returncode == 0


def test_a_second_run_computes_nothing_and_says_so(folder):
    before = sqlite3.connect(folder / "store.db").execute("SELECT * FROM results").fetchall()
    done = run(folder, *SMALL)
    assert "All 120 trainings are already stored in store.db; nothing to compute." in done.stdout
    assert "Stored" not in done.stdout
    assert sqlite3.connect(folder / "store.db").execute("SELECT * FROM results").fetchall() == before


def test_quiet_prints_the_result_alone(tmp_path):
    done = run(tmp_path, *SMALL, "--quiet")
    assert done.stdout.startswith("Stored 120 trainings")
    assert done.stderr == ""


def test_independent_draws_are_said(tmp_path):
    assert "(independent draws)" in run(tmp_path, *SMALL, "--draws", "independent").stdout


def test_another_axis_has_no_xavier(tmp_path):
    done = run(tmp_path, "--set", "epochs=30", "--axis", "learning_rate=0.1,1", "--repeats", "5")
    assert "Best:   learning_rate = " in done.stdout
    assert "Xavier" not in done.stdout
    assert (tmp_path / "sweep.sqlite3").exists()
    assert "Next: python -m analysis figures\n" in done.stdout


AXES = {
    "problem=xor,parity2,parity3,parity4,parity5": 5,
    "schedule=constant,linear,cosine,inverse_time": 4,
    "hidden_distribution=normal,uniform": 2,
    "activation=sigmoid,tanh,relu": 3,
    "learning_rate=log:0.01:10:31": 31,
    "hidden=none,1,2,3x3": 4,
    "hidden_std_dev=0.5,1 output_std_dev=lin:0.5:1:3": 6,
    "biases=drawn,zero,none update_order=simultaneous,output_first loss=bce,mse": 12,
}


@pytest.mark.parametrize(("axes", "n_points"), AXES.items(), ids=AXES)
def test_any_field_is_an_axis(tmp_path, axes, n_points):
    arguments = [part for axis in axes.split() for part in ("--axis", axis)]
    done = run(tmp_path, "--set", "epochs=5", *arguments, "--repeats", "3", "--workers", "1")
    assert done.returncode == 0, done.stderr
    fields = " × ".join(axis.partition("=")[0] for axis in axes.split())
    assert f"{n_points} points × 3 repeats. Swept: {fields}. " in done.stdout
    connection = sqlite3.connect(tmp_path / "sweep.sqlite3")
    assert connection.execute("SELECT count(*), count(DISTINCT point) FROM results").fetchone() == (
        3 * n_points,
        n_points,
    )
    connection.close()


def test_the_store_comes_from_the_environment(tmp_path):
    done = run(tmp_path, *SMALL[:-2], environment={"SWEEP_STORE": "mine.db"})
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.db"]


def test_diverged_trainings_are_counted(tmp_path):
    done = run(tmp_path, "--set", "activation=identity", "--set", "hidden_std_dev=1e308", "--set", "epochs=3",
               "--axis", "output_std_dev=1,1e308", "--repeats", "50")  # fmt: skip
    assert done.returncode == 0
    assert "trainings diverged and count in no mean." in done.stdout


def test_all_diverged_is_a_sentence(tmp_path):
    done = run(tmp_path, "--set", "activation=identity", "--set", "hidden_std_dev=1e308", "--set", "epochs=3",
               "--set", "hidden=64", "--axis", "output_std_dev=1e308", "--repeats", "3")  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith("1 point × 3 repeats.")
    assert "No training kept a finite loss: all diverged." in done.stdout


USAGE = [
    (
        ["--set", "hidden_std_dev=-1", "--axis", "epochs=5"],
        "hidden_std_dev was given as -1.0; allowed is a finite number",
    ),
    (["--axis", "hidden_std_dev=nan"], "hidden_std_dev was given as 'nan'; allowed is a finite number"),
    (["--axis", "hidden_std_dev=-0.5,1"], "hidden_std_dev was given as -0.5; allowed is a finite number, 0 or above"),
    (["--axis", "hidden_std_dev=log:0:1:5"], "on a log axis LOW and HIGH must be above 0"),
    (["--axis", "hidden_std_dev=log:0.1:1:0"], "was given COUNT '0'; allowed is a whole number from 1"),
    (["--axis", "spread=1"], "unknown recipe field 'spread': a recipe has problem, inputs, hidden"),
    (["--set", "width=3"], "unknown recipe field 'width': a recipe has problem, inputs, hidden"),
    (["--set", "activation=step"], "activation was given as 'step'; allowed is one of sigmoid, tanh, relu"),
    (["--set", "problem=parity9"], "problem was given as 'parity9'; allowed is one of xor, parity2, parity3, parity4"),
    (["--set", "schedule=warmup"], "schedule was given as 'warmup'; allowed is one of constant, linear, cosine"),
    (["--set", "hidden_std_dev=0.7"], "hidden_std_dev is both set and swept; leave out --set hidden_std_dev, or sweep"),
    (["--recipe", "nobody"], "recipe was given as 'nobody'; allowed is one of gustaw"),
    (["--repeats", "0"], "repeats was given as 0; allowed is a whole number from 1 to 1,000,000,000"),
    (["--repeats", "many"], "argument --repeats: was given as 'many'; allowed is a whole number"),
    (["--seed", "-1"], "seed was given as -1; allowed is a whole number from 0"),
    (["--draws", "paired"], "draws was given as 'paired'; allowed is one of common, by_spread, independent"),
    (["--until-rse", "0"], "until-rse was given as 0.0; allowed is a number above 0 and below 1, such as 0.01"),
    (["--until-rse", "-0.1"], "until-rse was given as -0.1; allowed is a number above 0 and below 1"),
    (["--until-rse", "nan"], "until-rse was given as nan; allowed is a number above 0 and below 1"),
    (["--until-minimum", "1"], "until-minimum was given as 1.0; allowed is a number above 0 and below 1"),
    (["--until-minimum", "soon"], "argument --until-minimum: was given as 'soon'; allowed is a number"),
    (
        ["--until-rse", "0.1", "--until-minimum", "0.1"],
        "until-rse and until-minimum were given together; allowed is one target a run: leave out all but one",
    ),
    (
        ["--until-spread", "0.1", "--until-rse", "0.1", "--until-minimum", "0.1"],
        "until-rse and until-minimum and until-spread were given together; allowed is one target a run: leave out",
    ),
    (["--until-spread", "0"], "until-spread was given as 0.0; allowed is a number above 0 and below 1, such as 0.01"),
    (["--until-spread", "1"], "until-spread was given as 1.0; allowed is a number above 0 and below 1, such as 0.01"),
    (["--until-spread", "nan"], "until-spread was given as nan; allowed is a number above 0 and below 1"),
    (
        ["--until-spread", "0.1", "--axis", "loss=bce,mse"],
        "until-spread was given with an axis of loss; allowed is one axis of 5 numbers or more, all above 0: sweep",
    ),
    (
        ["--until-spread", "0.1", "--axis", "hidden_std_dev=0,0.1,0.2,0.3,0.4"],
        "until-spread was given with an axis of hidden_std_dev; allowed is one axis of 5 numbers or more, all above 0",
    ),
    (
        ["--until-spread", "0.1", "--axis", "epochs=1,2,3,4"],
        "until-spread was given with an axis of epochs; allowed is one axis of 5 numbers or more, all above 0",
    ),
    (
        ["--until-spread", "0.1", "--axis", "hidden_std_dev=log:0.1:1:9", "--axis", "epochs=5,6"],
        "until-spread was given with an axis of hidden_std_dev × epochs; allowed is one axis of 5 numbers or more",
    ),
    (
        ["--until-rse", "0.1", "--repeats", "50", "--max-repeats", "40"],
        "max-repeats was given as 40; allowed is a whole number from --repeats (50) to 1,000,000,000: raise",
    ),
    (
        ["--until-rse", "0.1", "--max-repeats", "2000000000"],
        "max-repeats was given as 2000000000; allowed is a whole number from --repeats (1000) to 1,000,000,000",
    ),
    (
        ["--max-repeats", "40"],
        "max-repeats was given as 40 without a target; add --until-rse, --until-minimum or --until-spread, or use --r",
    ),
    (
        ["--until-minimum", "0.1", "--repeats", "9"],
        "repeats was given as 9; with until-minimum allowed is a whole number from 10, for a variance out of fewer",
    ),
    (["--device", "tpu"], "argument --device: invalid choice: 'tpu' (choose from"),
    (
        ["--device", "gpu", "--cluster", "tcp://HOST:8786"],
        "device was given as gpu and cluster as 'tcp://HOST:8786'; allowed is one of them",
    ),
    (["--workers", "0"], "workers was given as 0; allowed is a whole number from 1 to 1,024"),
    (["--frobnicate"], "unrecognized arguments: --frobnicate"),
    (["--store", "redis://localhost"], "the store was given as 'redis://localhost'; allowed is a path, sqlite:///PATH"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_a_usage_mistake_is_one_sentence_and_writes_nothing(tmp_path, arguments, message):
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in commands.one_sentence(done.stderr)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path):
    (tmp_path / "notes.txt").write_text("my notes, which are no database\n" * 50)
    done = run(tmp_path, "--store", "notes.txt")
    assert done.returncode == 1
    assert "notes.txt" in commands.one_sentence(done.stderr)
    assert (tmp_path / "notes.txt").read_text() == "my notes, which are no database\n" * 50


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    done = run(tmp_path, "--store", "missing/store.db")
    assert done.returncode == 1
    assert "missing" in commands.one_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_mongodb_that_is_not_running_is_a_sentence_without_the_password(tmp_path):
    done = run(tmp_path, "--store", "mongodb://me:secret@127.0.0.1:1/study")
    assert done.returncode == 1
    message = commands.one_sentence(done.stderr)
    assert "127.0.0.1:1" in message
    assert "docker compose up -d" in message
    assert "secret" not in done.stdout + done.stderr


def test_the_run_is_recorded_with_its_provenance(folder):
    done = commands.run("sweep.status", "--store", "store.db", folder=folder)
    assert done.returncode == 0
    assert "120 of 120 (100.0 %, complete), 40 repeats, seed 0, common draws" in done.stdout
    assert "axes      hidden_std_dev: 0.5, 0.7, 1" in done.stdout
    assert "finished, from 20" in done.stdout
    assert f"python -m sweep.run {' '.join(SMALL)}" in done.stdout


def test_status_shows_what_is_missing_and_the_last_study_last(folder):
    assert run(folder, *SMALL[:-4], "--repeats", "10", "--seed", "3", "--store", "store.db").returncode == 0
    connection = sqlite3.connect(folder / "store.db")
    with connection:
        connection.execute("DELETE FROM trainings WHERE repeat = 7")
    connection.close()
    first, last = commands.run("sweep.status", "--store", "store.db", folder=folder).stdout.split("\n\n")
    assert "117 of 120 (97.5 %, 3 missing)" in first
    assert "27 of 30 (90.0 %, 3 missing), 10 repeats, seed 3" in last


def test_status_of_a_store_that_does_not_exist_makes_none(tmp_path):
    done = commands.run("sweep.status", folder=tmp_path)
    assert done.returncode == 1
    assert "python -m sweep.run" in commands.one_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [["sweep.run"], ["sweep.status"], ["sweep.trace"], ["analysis"], ["analysis", "summary"], ["analysis", "figures"]],
    ids=" ".join,
)
def test_every_command_has_help(command):
    done = commands.run(*command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: python -m {' '.join(command)}")


def test_output_cut_short_is_no_traceback(folder):
    process = commands.start("analysis", "summary", "--store", "store.db", folder=folder, real=True)
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


def test_layers_spreads_are_swept_from_the_command_to_the_answer(tmp_path):
    """One layer's alone is pooled as a curve, two layers' as a map; `check` finds every record right."""
    mlp = ["--recipe", "mlp", "--set", "hidden=2x2", "--set", "spread_unit=xavier", "--set", "epochs=3", "--quiet"]
    axes = [f"hidden_std_dev.{layer}=log:0.5:2:6" for layer in (1, 2)]
    one = run(tmp_path, *mlp, "--set", "hidden_std_dev=0.5,1", "--axis", axes[1], "--repeats", "40")
    assert one.returncode == 0, one.stderr
    assert "Lowest mean at hidden_std_dev.2 = " in one.stdout
    assert "From Xavier's 1 to there: " in one.stdout
    assert "Pooled from 240 trainings of all spreads" in one.stdout
    both = run(tmp_path, *mlp, "--axis", axes[0], "--axis", axes[1], "--repeats", "20")
    assert "Pooled from 720 trainings of all pairs" in both.stdout
    # The pairs whose first spread is 0.5 are those of the first run, and half of their trainings are stored already.
    assert "840 records of 36 points and 2 runs" in commands.run("sweep.check", folder=tmp_path).stdout
