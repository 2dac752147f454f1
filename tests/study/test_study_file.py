"""A study as a file says what the options say."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep import UsageError
from sweep.errors import FailedError
from sweep.execution.options import build_parser, options_of_study, read_asked
from sweep.store import open_store
from sweep.study.study_file import KEYS, overridden, read_study_file, to_toml, write_study_file
from tests import commands

texts = st.text(st.characters(exclude_categories=["Cs"]))
options = st.fixed_dictionaries(
    {},
    optional={
        "recipe": texts,
        "set": st.lists(texts),
        "axis": st.lists(texts),
        "repeats": st.integers(-(2**63), 2**63 - 1),
        "until-rse": st.floats(allow_nan=False, allow_infinity=False),
        "draws": texts,
    },
)


@given(options)
def test_what_is_written_is_read_again(values):
    assert tomllib.loads(to_toml(values)) == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("repeats = ", "the study file {path} is no TOML ("),
        ("colour = 1", "the study file {path} has 'colour'; allowed is any of recipe, set, axis, repeats, "),
        ("store = 'x'", "the study file {path} has 'store'; allowed is any of "),
        ("repeats = 2.5", "repeats in the study file {path} was given as 2.5; allowed is a whole number"),
        ("seed = true", "seed in the study file {path} was given as True; allowed is a whole number"),
        ("recipe = 3", "recipe in the study file {path} was given as 3; allowed is a text"),
        ("axis = 'epochs=1'", "axis in the study file {path} was given as 'epochs=1'; allowed is a list of texts"),
        ("set = [3]", "set in the study file {path} was given as [3]; allowed is a list of texts"),
        ("until-rse = 'low'", "until-rse in the study file {path} was given as 'low'; allowed is a number"),
    ],
)
def test_what_is_no_study_is_told(tmp_path, text, message):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_study_file(str(path))
    assert str(error.value).startswith(message.format(path=path))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UsageError) as error:
        read_study_file(str(tmp_path / "none.toml"))
    assert str(error.value) == (
        f"cannot read the study file {tmp_path}/none.toml (No such file or directory); name a TOML file that exists"
    )
    with pytest.raises(UsageError, match=r"^cannot read the study file .* \(Is a directory\); name a TOML file that "):
        read_study_file(str(tmp_path))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"^the study file .* is no TOML \(.*\); write lines such as repeats = 200$"):
        read_study_file(str(tmp_path / "bytes.toml"))


def test_the_command_line_goes_before_the_file():
    file = {"recipe": "peczenyj", "set": ["epochs=5", "loss=mse"], "axis": ["hidden_std_dev=1,2"], "until-rse": 0.1}
    line = {"set": ["epochs=7"], "axis": ["hidden_std_dev=3,4", "hidden=2,3"], "until-minimum": 0.2, "seed": 0}
    assert overridden(file, line) == {
        "recipe": "peczenyj",
        "set": ["loss=mse", "epochs=7"],
        "axis": ["hidden_std_dev=3,4", "hidden=2,3"],
        "until-minimum": 0.2,
        "seed": 0,
    }
    assert overridden(file, {"axis": ["epochs=1,2"]})["set"] == ["loss=mse"], "what is swept is not set"


def test_a_file_asks_for_what_the_options_ask_for(tmp_path):
    line = [
        "--recipe",
        "rumelhart",
        "--set",
        "epochs=50",
        "--axis",
        "hidden_std_dev=0.5,1",
        "--repeats",
        "20",
        "--seed",
        "3",
    ]
    asked_for = options_of_study(build_parser().parse_args(line))
    assert set(asked_for) <= set(KEYS)
    write_study_file(str(tmp_path / "study.toml"), asked_for)
    assert read_asked(read_study_file(str(tmp_path / "study.toml"))) == read_asked(asked_for)


def test_a_saved_study_is_run_again_from_its_file(tmp_path):
    line = ["--set", "epochs=20", "--axis", "hidden_std_dev=0.5,1", "--repeats", "10"]
    done = commands.run("sweep.run", *line, "--save", "saved.toml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    again = commands.run("sweep.run", "saved.toml", folder=tmp_path)
    assert "All 20 trainings are already stored" in again.stdout
    more = commands.run("sweep.run", "saved.toml", "--repeats", "15", folder=tmp_path)
    assert "Stored 10 trainings" in more.stdout
    with open_store(str(tmp_path / "sweep.sqlite3")) as store:
        first, second, third = store.runs()
    assert "study_file" not in first
    assert second["study_file"] == (tmp_path / "saved.toml").read_text()
    assert "repeats = 15" in third["study_file"]
    assert commands.run("sweep.check", folder=tmp_path).returncode == 0


def test_saving_keeps_what_is_there(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("mine")
    with pytest.raises(UsageError) as error:
        write_study_file(str(path), {"repeats": 5})
    assert str(error.value) == f"save was given as {path}, which exists; name a file that does not, or remove it"
    assert path.read_text() == "mine"
    other = tmp_path / "other.toml"
    for _ in range(2):  # the same text again is no loss
        write_study_file(str(other), {"repeats": 5})
    with pytest.raises(FailedError) as failure:
        write_study_file(str(tmp_path / "no" / "study.toml"), {"repeats": 5})
    assert str(failure.value) == (
        f"cannot write the study file {tmp_path}/no/study.toml (No such file or directory); name a folder that exists"
    )


def test_a_mistake_in_a_file_makes_no_store(tmp_path):
    (tmp_path / "study.toml").write_text("repeats = 0")
    done = commands.run("sweep.run", "study.toml", folder=tmp_path)
    assert done.returncode == 2
    sentence = "error: repeats was given as 0; allowed is a whole number from 1 to 1,000,000,000"
    assert commands.one_sentence(done.stderr) == sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml"]
