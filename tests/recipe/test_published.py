"""Every published program is repeated exactly."""

import numpy as np
import pytest

from sweep import RECIPES, UsageError, kernel, reference
from sweep.recipe.published import BASES, NAMES, PROGRAMS, find_recipe, start_of
from sweep.study import Point
from sweep.study.draws import initial_parameters
from tests.published import SEEDED, TRANSCRIPTIONS, published_start


def starts(name):
    """A start that a study would draw, and the published one where there is one."""
    drawn = initial_parameters(Point(RECIPES[name], 0, "common"), 0, 1)
    return [*drawn, published_start(name)] if name in SEEDED else list(drawn)


@pytest.fixture(scope="module", params=list(TRANSCRIPTIONS))
def replayed(request):
    """Name, initial parameters, the transcription's losses and the reference's training of every start."""
    name = request.param
    return [
        (name, start, TRANSCRIPTIONS[name](start, RECIPES[name].epochs), reference.train(RECIPES[name], start))
        for start in starts(name)
    ]


def test_every_program_is_transcribed():
    assert TRANSCRIPTIONS.keys() == PROGRAMS.keys()
    assert [name for name in PROGRAMS if PROGRAMS[name].seed is not None] == SEEDED


def test_the_losses_of_every_epoch_are_the_programs_own(replayed):
    for _, _, theirs, ours in replayed:
        np.testing.assert_allclose(ours.losses[:1000], theirs[:1000], rtol=1e-12)
        np.testing.assert_allclose(ours.losses[-100:], theirs[-100:], rtol=1e-9)


def test_the_kernels_total_loss_is_the_programs_own(replayed):
    for name, start, theirs, _ in replayed:
        assert kernel.train(RECIPES[name], start[np.newaxis]).loss[0] == pytest.approx(theirs.sum(), rel=1e-9)


@pytest.mark.parametrize("name", SEEDED)
def test_the_published_initial_values_are_the_programs_own(name):
    assert PROGRAMS[name].published_parameters().tolist() == published_start(name).tolist()


def test_drawing_them_leaves_the_shared_generator_alone():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    PROGRAMS["rumelhart"].published_parameters()
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_a_program_without_a_seed_says_what_to_use_instead():
    for name in ("gustaw", "mlp"):
        with pytest.raises(UsageError) as error:
            start_of(name)
        assert str(error.value) == ("this recipe publishes no seed; leave out --published and use --seed S --repeat R")


def test_a_published_start_is_told_in_words():
    values, words = start_of("rumelhart")
    assert values.tolist() == published_start("rumelhart").tolist()
    assert words == "weights 0.5 N(0, 1) from np.random.seed(42), no biases"


def test_an_unknown_recipe_is_named():
    with pytest.raises(UsageError) as error:
        find_recipe("nobody")
    assert str(error.value) == (
        "recipe was given as 'nobody'; allowed is one of gustaw, peczenyj, twenty-lines, rumelhart, relu-capstone, mlp"
    )


def test_every_recipe_is_found_by_its_name():
    assert [find_recipe(name) for name in NAMES] == [*RECIPES.values(), *BASES.values()]
    assert not RECIPES.keys() & BASES.keys()


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_says_where_it_comes_from(name):
    program = PROGRAMS[name]
    assert all([program.source, program.reports, program.starts])


def test_the_capstones_spreads_are_hes():
    recipe = RECIPES["relu-capstone"]
    assert recipe.hidden_std_dev == recipe.layers[0].he
    assert recipe.output_std_dev == recipe.layers[1].he
