"""The page's generator: known numbers, distributions, and draws that company does not change."""

import numpy as np
import pytest
from scipy import stats

from tests.analysis.report.node import NODE, evaluate

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")

SCRIPTS = ["draws.js"]
MODEL = {
    "parameters": 9,
    "biases": "drawn",
    "distribution": "normal",
    "layers": [
        {"inputs": 2, "outputs": 2, "swept": True, "unit": 2.0, "spread": 0.0, "uniform": False},
        {"inputs": 2, "outputs": 1, "swept": False, "unit": 1.0, "spread": 0.8, "uniform": False},
    ],
}
STARTS = "((made) => ({parameters: [...made.parameters], lengths: [...made.lengths]}))"


def starts(spread, first, count, seed=1, **model):
    given = {"model": {**MODEL, **model}, "spread": spread, "first": first, "count": count, "seed": seed}
    call = f"{STARTS}(Draws.starts(given.model, given.seed, given.spread, given.first, given.count))"
    made = evaluate(SCRIPTS, call, given)
    return np.array(made["parameters"]).reshape(count, -1), np.array(made["lengths"])


def splitmix(state):
    """SplitMix64 by its published code, in Python's whole numbers: the word that follows a state."""
    mask = 2**64 - 1
    z = (state + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def xoshiro(words, n):
    """n numbers of xoshiro128** 1.1 by its published code."""
    mask, made = 2**32 - 1, []
    s = [part for word in words for part in (word & mask, word >> 32)]

    def turned(x, k):
        return ((x << k) | (x >> (32 - k))) & mask

    for _ in range(n):
        made.append(turned(s[1] * 5 & mask, 7) * 9 & mask)
        shifted = s[1] << 9 & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = turned(s[3], 11)
    return made


def test_the_generator_gives_the_published_numbers():
    assert splitmix(1234567) == 6457827717110365317  # as Vigna's splitmix64.c prints first
    golden = 0x9E3779B97F4A7C15
    for word in (0, 1234567, 2**64 - 1):
        words = [splitmix(word), splitmix((word + golden) % 2**64)]
        call = f"((next) => Array.from({{length: 50}}, next))(Draws.generator({word}n))"
        assert evaluate(SCRIPTS, call) == xoshiro(words, 50)


def test_normal_and_uniform_numbers_have_their_distributions():
    call = "((next) => Array.from({length: 20000}, next))"
    normal = evaluate(SCRIPTS, f"{call}(Draws.normals(Draws.generator(7n)))")
    assert stats.kstest(normal, "norm").pvalue > 0.01
    assert abs(np.corrcoef(normal[:-1], normal[1:])[0, 1]) < 4 / np.sqrt(20000)
    even = evaluate(SCRIPTS, f"((next) => {call}(() => Draws.even(next)))(Draws.generator(7n))")
    assert stats.kstest(even, "uniform").pvalue > 0.01


def test_a_start_depends_on_seed_spread_and_repeat_alone():
    whole, lengths = starts(0.7, 0, 20)
    part, of_part = starts(0.7, 5, 3)
    np.testing.assert_array_equal(part, whole[5:8])
    np.testing.assert_array_equal(of_part, lengths[5:8])
    assert not (starts(0.7, 5, 3, seed=2)[0] == part).any()
    assert not (starts(0.71, 5, 3)[0] == part).any()


def test_layers_have_their_spreads_and_lengths_are_of_what_is_swept():
    drawn, lengths = starts(0.5, 0, 4000)
    assert drawn[:, :6].std() == pytest.approx(0.5 * 2, rel=0.03)
    assert drawn[:, 6:].std() == pytest.approx(0.8, rel=0.03)
    np.testing.assert_allclose(lengths, np.linalg.norm(drawn[:, :6], axis=1) / 2, rtol=1e-12)


def test_biases_are_zero_or_none_where_the_recipe_has_them_so():
    zero, lengths = starts(0.5, 0, 10, biases="zero")
    assert (zero[:, [4, 5, 8]] == 0).all()
    assert (zero[:, [0, 1, 2, 3, 6, 7]] != 0).all()
    np.testing.assert_allclose(lengths, np.linalg.norm(zero[:, :4], axis=1) / 2, rtol=1e-12)
    none, _ = starts(0.5, 0, 10, biases="none", parameters=6)
    np.testing.assert_array_equal(none, zero[:, [0, 1, 2, 3, 6, 7]])


def test_the_length_of_uniform_draws_is_their_largest():
    layers = [{**MODEL["layers"][0], "uniform": True}, MODEL["layers"][1]]
    drawn, lengths = starts(0.5, 0, 2000, layers=layers, distribution="uniform")
    np.testing.assert_allclose(lengths, np.abs(drawn[:, :6]).max(axis=1) / 2 / np.sqrt(3), rtol=1e-12)
    assert stats.kstest(drawn[:, 0] / np.sqrt(3), "uniform", (-1, 2)).pvalue > 0.01
