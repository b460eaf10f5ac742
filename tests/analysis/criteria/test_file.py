"""A criteria file is understood, or one sentence names line, key and remedy."""

from math import inf
from pathlib import Path

import pytest

from dwmtj.analysis.criteria import CriteriaFileError, Criterion, load_criteria, published
from dwmtj.analysis.criteria.catalogue import QUANTITIES, canonical_name


def load(folder: Path, text: str) -> tuple[Criterion, ...]:
    file = folder / "c.toml"
    file.write_text(text, encoding="utf-8")
    return load_criteria(file).criteria


def one(folder: Path, text: str) -> Criterion:
    (criterion,) = load(folder, f"[[criterion]]\n{text}")
    return criterion


@pytest.mark.parametrize(
    ("text", "minimum", "maximum", "required", "unit"),
    [
        ('quantity = "window"\nvalue = "33 Ω"\ntolerance = "1 Ω"', 32, 34, "33 ± 1 Ω", "Ω"),
        ('quantity = "window"\nvalue = "2 kΩ"\ntolerance = "5 %"', 1900, 2100, "2 kΩ ± 5 %", "kΩ"),
        ('quantity = "TMR"\nvalue = "54 %"\ntolerance = "0.5 %"', 0.535, 0.545, "54 ± 0.5 %", "%"),
        ('quantity = "RA"\nmaximum = "60 Ω µm²"', -inf, 6e-11, "at most 60 Ω µm²", "Ω µm²"),
        (
            'quantity = "loop centre"\nvalue = "-4 mT"\ntolerance = "1 mT"',
            -5e-3,
            -3e-3,
            "−4 ± 1 mT",
            "mT",
        ),
        ('quantity = "coercive field"\nminimum = "400 Oe"', 0.04, inf, "at least 400 Oe", "Oe"),
        ('quantity = "number of levels"\nvalue = 4', 4, 4, "4", ""),
        ('quantity = "w1/w2"\nminimum = 0.2\nmaximum = "0,5"', 0.2, 0.5, "0.2 to 0,5", ""),
        (
            'quantity = "retention"\nlevel = 1\nminimum = "10 years"',
            315_576_000,
            inf,
            "at least 10 years",
            "years",
        ),
        ('quantity = "V_C"\nlevel = 2\nmaximum = "500m"', -inf, 0.5, "at most 500m", "mV"),
    ],
)
def test_a_range_is_read_in_its_unit(
    text: str, minimum: float, maximum: float, required: str, unit: str, tmp_path: Path
) -> None:
    found = one(tmp_path, text)
    assert (found.minimum, found.maximum) == pytest.approx((minimum, maximum), rel=1e-12)
    assert (found.required, found.shown_unit) == (required, unit)


def test_names_are_free_in_capitals_and_joints() -> None:
    for text in ("Level Resistance", "level_resistance", " level-resistance"):
        assert canonical_name(text) == "level resistance"
    assert canonical_name("v_c") == "V_C"
    assert all(canonical_name(name) == name for name in QUANTITIES)


def test_what_the_file_says_holds_for_criteria_that_say_nothing(tmp_path: Path) -> None:
    text = """device = "A3"
    [[criterion]]
    quantity = "TMR"
    minimum = "50 %"
    [[criterion]]
    quantity = "TMR"
    minimum = "50 %"
    device = "B1"
    source = "data sheet"
    """
    common, own = load(tmp_path, text)
    assert (common.device, own.device, own.source) == ("A3", "B1", "data sheet")


MISTAKES = [
    ('quantity = "TMRR"\nminimum = "5 %"', "line 2: .* quantity 'TMRR' .* did you mean TMR?"),
    ('quantity = "resistance"\nminimum = "5 Ω"', "did you mean .*level resistance"),
    ('quantity = "xyz"\nminimum = "5 Ω"', "choose number of levels, level resistance"),
    ('minimum = "5 %"', "line 1: .* quantity is missing"),
    ('quantity = "TMR"', "line 2: .* quantity 'TMR' has no value, minimum or maximum"),
    ('quantity = "TMR"\nvalue = "54 %"', "line 3: .* value '54 %' has no tolerance"),
    ('quantity = "TMR"\nvalue = 54\ntolerance = "1 %"', "line 3: .* value 54 has no unit; .*54 %"),
    ('quantity = "TMR"\nminimum = "54 mT"', "minimum '54 mT' is no ratio: a magnetic field and no"),
    ('quantity = "window"\nminimum = "5 Kohm"', r"did you mean kohm or kOhm\?"),
    ('quantity = "window"\nminimum = "5 Ω bis 6 Ω"', "line 3: .* minimum .* is no resistance"),
    ('quantity = "window"\nminimum = "1,500 Ω"', "may mean 1.500 or 1500"),
    ('quantity = "window"\nminimum = ""', "line 3: .* minimum .*is no resistance"),
    ('quantity = "window"\nminimum = true', "line 3: .* minimum True must be a resistance"),
    ('quantity = "window"\nminimum = ["1 Ω"]', "must be a resistance, such as '93.3 Ω'"),
    ('quantity = "w1/w2"\nminimum = nan', "line 3"),
    ('quantity = "w1/w2"\nminimum = 0.5\nmaximum = 0.4', "minimum 0.5 is above the maximum, 0.4"),
    ('quantity = "V_C"\nlevel = 1\nmaximum = "-3.7 V"', "maximum '-3.7 V' is below zero; 'V_C' is"),
    ('quantity = "window"\nvalue = "5 Ω"\ntolerance = "-1 Ω"', "line 4: .* tolerance '-1 Ω' is be"),
    ('quantity = "window"\ntolerance = "1 Ω"', "tolerance '1 Ω' belongs to a value"),
    (
        'quantity = "window"\nvalue = "5 Ω"\ntolerance = "1 Ω"\nminimum = "1 Ω"',
        "line 5: .* minimum '1 Ω' stands beside a value",
    ),
    ('quantity = "V_C"\nminimum = "3 V"', "quantity 'V_C' is that of one level; add a level"),
    (
        'quantity = "V_C"\nlevel = "one"\nminimum = "3 V"',
        "line 3: .* level 'one' is no resistance; w",
    ),
    ('quantity = "V_C"\nlevel = -1\nminimum = "3 V"', "line 3: .* level '-1' is below 0"),
    ('quantity = "TMR"\nlevel = 1\nminimum = "5 %"', "line 3: .* level 1 is not a key of 'TMR'"),
    ('quantity = "V_C"\nlevel = 1\nphase = "set"\nminimum = "3 V"', "choose 'write', 'ramp' or 'r"),
    ('quantity = "TMR"\nmin = "5 %"', "line 3: .* min is not a key of the criteria file; known"),
    ('quantity = "number of levels"\nvalue = 4.5', "line 3: .* value 4.5 is no whole number"),
    ('quantity = "read pulse"\nvalue = 4', r"did you mean read noise or .*pulse\?( \(|$)"),
    ('quantity = "TMR', "is not valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_a_mistake_is_named_with_line_and_key(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaFileError, match=rf"c\.toml.*{sentence}") as found:
        one(tmp_path, text)
    assert "\n" not in str(found.value)


def test_the_criterion_at_fault_is_counted(tmp_path: Path) -> None:
    good = '[[criterion]]\nquantity = "TMR"\nminimum = "5 %"\n'
    with pytest.raises(CriteriaFileError, match=r"line 5: \[\[criterion\]\] number 2, quantity"):
        load(tmp_path, f'{good}[[criterion]]\nquantity = "T"\n')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "criterion is missing"),
        ("criterion = []", "criterion has 0 items"),
        ('[criterion]\nquantity = "TMR"', r"write each as \[\[criterion\]\]"),
        ('titel = "A"\n[[criterion]]\nquantity = "TMR"\nminimum = "5 %"', "known here: title, sou"),
    ],
)
def test_a_file_without_criteria_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaFileError, match=sentence):
        load(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CriteriaFileError, match=r"x\.toml cannot be read \(No such file"):
        load_criteria(tmp_path / "x.toml")


def test_the_published_files_hold_every_line_of_the_demo() -> None:
    counts = {name: len(load_criteria(name).criteria) for name in published()}
    assert counts == {"published-trapezoid": 16, "published-straight": 11}
