import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep import UsageError
from sweep.study import DEFAULT_SPREADS
from sweep.study.parse import parse_axis, parse_setting
from sweep.study.reading import read_study
from sweep.study.words import format_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hidden=4", ("hidden", (4,))),
        ("hidden=3x3", ("hidden", (3, 3))),
        ("hidden=none", ("hidden", ())),
        ("epochs=20_000", ("epochs", 20000)),
        ("learning_rate=1e-2", ("learning_rate", 0.01)),
        ("activation=tanh", ("activation", "tanh")),
        ("batch_size=full", ("batch_size", 0)),
        ("batch_size=32", ("batch_size", 32)),
        ("hidden_std_dev=0.5,1,1", ("hidden_std_dev", (0.5, 1.0, 1.0))),
        ("problem=a,b=c.csv:y", ("problem", "a,b=c.csv:y")),
    ],
)
def test_settings(text, expected):
    assert parse_setting(text) == expected


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("hidden=none,2,3x3", ((), (2,), (3, 3))),
        ("activation=sigmoid,tanh,relu", ("sigmoid", "tanh", "relu")),
        ("problem=xor,table:0111,C:\\a.csv", ("xor", "table:0111", "C:\\a.csv")),
        ("batch_size=full,1,2", (0, 1, 2)),
        ("epochs=lin:100:300:3", (100, 200, 300)),
        ("hidden_std_dev=0.5", (0.5,)),
        ("hidden_std_dev=lin:0:1:3", (0.0, 0.5, 1.0)),
        ("hidden_std_dev=log:1:1:1", (1.0,)),
        ("hidden_std_dev.2=0.5,1", (0.5, 1.0)),
        ("batch_size=full,2", (0, 2)),
        ("hidden_distribution=normal,sphere", ("normal", "sphere")),
    ],
)
def test_axes(text, values):
    assert parse_axis(text).values == values


@given(st.floats(1e-300, 1e300), st.floats(1.001, 1e3), st.integers(2, 50))
def test_a_log_axis_has_its_ends_its_count_and_equal_ratios(low, ratio, count):
    high = low * ratio
    values = np.array(parse_axis(f"hidden_std_dev=log:{low!r}:{high!r}:{count}").values)
    assert (values[0], values[-1], len(values)) == (low, high, count)
    np.testing.assert_allclose(np.diff(np.log(values)), np.log(ratio) / (count - 1), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hidden_std_dev", "'hidden_std_dev' was given; allowed is FIELD=SPEC"),
        ("spread=1,2", "unknown recipe field 'spread': a recipe has problem, inputs, hidden,"),
        ("hidden_std_dev=log:0:1:5", "was given as 'log:0:1:5'; on a log axis LOW and HIGH must be above 0"),
        ("hidden_std_dev=log:-1:1:5", "on a log axis LOW and HIGH must be above 0"),
        ("hidden_std_dev=lin:2:1:5", "axis hidden_std_dev was given as 'lin:2:1:5'; LOW must be below HIGH"),
        ("hidden_std_dev=lin:1:1:5", "LOW must be below HIGH"),
        ("hidden_std_dev=log:0.1:1:0", "was given COUNT '0'; allowed is a whole number from 1 to 1,000,000"),
        ("hidden_std_dev=log:0.1:1:x", "axis hidden_std_dev was given COUNT 'x'; allowed"),
        ("hidden_std_dev=log:0.1:1", "was given as 'log:0.1:1'; allowed is log:LOW:HIGH:COUNT, lin:"),
        ("hidden_std_dev=exp:0.1:1:3", "axis hidden_std_dev was given as 'exp:0.1:1:3'; allowed is log:LOW:HIGH:COUNT"),
        ("hidden_std_dev=nan,1", "hidden_std_dev was given as 'nan'; allowed is a finite number"),
        ("hidden_std_dev=", "hidden_std_dev was given as ''; allowed is a finite number"),
        ("epochs=1.5", "epochs was given as '1.5'; allowed is a whole number"),
        ("batch_size=some", "batch_size was given as 'some'; allowed is a whole number, or full"),
        ("hidden_std_dev.0=1", "unknown recipe field 'hidden_std_dev.0': a recipe has problem"),
        ("hidden_std_dev.x=1", "unknown recipe field 'hidden_std_dev.x': a recipe has problem"),
        ("hidden_std_dev.2=x", "hidden_std_dev.2 was given as 'x'; allowed is a finite number"),
        ("hidden=3by3", "hidden was given as '3by3'; allowed is layer widths such as 4 or 3x3, or none"),
        ("activation=lin:1:2:3", "'lin:1:2:3'; activation is no number, allowed is a list V1,V2,…"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text, message):
    with pytest.raises(UsageError) as error:
        parse_axis(text)
    assert message in str(error.value)


@given(st.text(max_size=30))
def test_any_text_is_an_axis_or_a_usage_error(text):
    for field in ("hidden_std_dev=", "epochs=", "hidden=", "activation=", ""):
        try:
            axis = parse_axis(field + text)
        except UsageError:
            continue
        assert axis.values


@given(st.lists(st.floats(0, allow_nan=False, allow_infinity=False), min_size=1, max_size=8, unique=True))
def test_a_list_of_numbers_is_read_to_the_last_bit(values):
    assert parse_axis(f"output_std_dev={','.join(map(repr, values))}").values == tuple(values)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(2, 50))
def test_a_linear_axis_has_its_ends_its_count_and_equal_steps(low, width, count):
    values = parse_axis(f"learning_rate=lin:{low}:{low + width}:{count}").values
    assert (values[0], values[-1], len(values)) == (low, low + width, count)
    np.testing.assert_allclose(np.diff(values), width / (count - 1), rtol=1e-6)


@given(st.lists(st.lists(st.integers(1, 1024), max_size=4), min_size=1, max_size=5, unique_by=tuple))
def test_layers_are_read_as_they_are_written(layers):
    text = ",".join("x".join(map(str, widths)) or "none" for widths in layers)
    assert parse_axis(f"hidden={text}").values == tuple(map(tuple, layers))


def test_layers_are_set_and_swept_side_by_side():
    study = read_study("gustaw", ["hidden=3x2", "hidden_std_dev=0.5,2"], ["hidden_std_dev.2=0.25,1"], 10, 0, "")
    assert [point.recipe.hidden_std_dev for point in study.points] == [(0.5, 0.25), (0.5, 1.0)]
    with pytest.raises(UsageError) as error:
        read_study("gustaw", ["hidden_std_dev.1=2"], ["hidden_std_dev=0.25,1"], 10, 0, "")
    assert str(error.value) == (
        "hidden_std_dev.1 is both set and swept; leave out --set hidden_std_dev.1, or sweep another field with --axis"
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("batch_size", 0, "full"),
        ("hidden_std_dev", (0.5, 1.0), "0.5,1"),
        ("hidden", (3, 3), "3x3"),
        ("hidden", (), "none"),
    ],
)
def test_values_are_shown_as_they_are_typed(field, value, words):
    assert format_value(value, field) == words
    assert parse_setting(f"{field}={words}") == (field, value)


def is_nearest(value, exact):
    """Whether no number is nearer to `exact`, which has 60 digits, than this one."""
    below, above = (Decimal(math.nextafter(value, end)) for end in (-math.inf, math.inf))
    return (below + Decimal(value)) / 2 <= exact <= (Decimal(value) + above) / 2


@pytest.mark.parametrize(("low", "high", "count"), [(0.05, 20, 60), (1e-3, 7e2, 31), (2.0, 2.0, 1), (1.5, 3, 2)])
def test_a_log_axis_is_rounded_correctly(low, high, count):
    """So its bits, and with them identities and draws, are the same on every processor."""
    values = parse_axis(f"hidden_std_dev=log:{low}:{high}:{count}").values
    powers = np.linspace(math.log10(low), math.log10(high), count).tolist()
    assert (len(values), values[0], values[-1]) == (count, low, high)
    with localcontext(prec=60):
        assert all(
            is_nearest(*pair) for pair in zip(values[1:-1], [10 ** Decimal(x) for x in powers[1:-1]], strict=True)
        )
        default = [Decimal(x).exp() for x in np.linspace(-3, 4, 400).tolist()]
        assert all(map(is_nearest, DEFAULT_SPREADS, default))
