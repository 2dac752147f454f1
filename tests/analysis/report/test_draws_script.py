"""The page's generator: known numbers, distributions, and draws that company does not change."""

import numpy as np
import pytest
from scipy import stats

from analysis.report.train import drawn_from
from sweep import Recipe
from sweep.study.distributions import CUT, CUT_DEVIATION, mean_length
from tests.analysis.report.node import NODE, evaluate

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")

SCRIPTS = ["distributions.js", "draws.js"]
MODEL = {
    "parameters": 9,
    "biases": "drawn",
    "distribution": "normal",
    "layers": [
        {"inputs": 2, "outputs": 2, "swept": True, "unit": 2.0, "spread": 0.0, "distribution": "normal"},
        {"inputs": 2, "outputs": 1, "swept": False, "unit": 1.0, "spread": 0.8, "distribution": "normal"},
    ],
}
STARTS = "((made) => ({parameters: [...made.parameters], lengths: [...made.lengths]}))"


def hidden(distribution, inputs=2, outputs=2):
    """The hidden layer, drawn from another distribution, with what the page embeds of it."""
    recipe = Recipe(
        problem=f"parity{inputs}" if inputs > 2 else "xor", hidden=(outputs,), hidden_distribution=distribution
    )
    return {**MODEL["layers"][0], "inputs": inputs, "outputs": outputs, **drawn_from(recipe, 0)}


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
    drawn, lengths = starts(0.5, 0, 2000, layers=[hidden("uniform"), MODEL["layers"][1]], distribution="uniform")
    np.testing.assert_allclose(lengths, np.abs(drawn[:, :6]).max(axis=1) / 2 / np.sqrt(3), rtol=1e-12)
    assert stats.kstest(drawn[:, 0] / np.sqrt(3), "uniform", (-1, 2)).pvalue > 0.01


def test_truncated_normal_numbers_are_cut_and_widened():
    layers = [hidden("truncated_normal"), MODEL["layers"][1]]
    drawn, lengths = starts(0.5, 0, 3000, layers=layers, distribution="truncated_normal")
    norms, largest = np.linalg.norm(drawn[:, :6], axis=1) / 2, abs(drawn[:, :6]).max(axis=1) / 2
    np.testing.assert_allclose(lengths, np.column_stack([norms, largest * CUT_DEVIATION / CUT]).ravel(), rtol=1e-12)
    numbers = drawn[:, :6].ravel()
    assert stats.kstest(numbers * CUT_DEVIATION, stats.truncnorm(-CUT, CUT).cdf).pvalue > 0.01
    assert numbers.std() == pytest.approx(1, rel=0.02)


def test_draws_on_a_sphere_have_one_length():
    drawn, lengths = starts(0.5, 0, 500, layers=[hidden("sphere"), MODEL["layers"][1]], distribution="sphere")
    assert lengths.size == 0
    np.testing.assert_allclose(np.linalg.norm(drawn[:, :6], axis=1), mean_length(6), rtol=1e-12)
    assert abs(drawn[:, :6].mean()) < 4 / np.sqrt(drawn[:, :6].size)


@pytest.mark.parametrize(("inputs", "outputs"), [(2, 2), (3, 2), (2, 5)])
def test_orthogonal_weights_are_as_likely_as_any_other(inputs, outputs):
    n = inputs * outputs
    layers = [hidden("orthogonal", inputs, outputs), {**MODEL["layers"][1], "inputs": outputs}]
    drawn, _ = starts(0.5, 0, 3000, layers=layers, parameters=n + 2 * outputs + 1)
    weights = drawn[:, :n].reshape(-1, inputs, outputs)
    if inputs < outputs:
        weights = weights.swapaxes(1, 2)
    products = np.einsum("nij,nik->njk", weights, weights) / max(inputs, outputs)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(min(inputs, outputs)), products.shape), atol=1e-12)
    # A column of a matrix that is as likely as any other of its kind is even on its sphere.
    square = weights[:, 0, 0] ** 2 / max(inputs, outputs)
    longest = max(inputs, outputs)
    assert stats.kstest(square, stats.beta(0.5, (longest - 1) / 2).cdf).pvalue > 0.01
    assert abs(np.sign(weights[:, -1, -1]).mean()) < 4 / np.sqrt(len(weights))
    assert drawn[:, n : n + outputs].std() == pytest.approx(1, rel=0.05)
