"""An amount of money is understood as people write it, in either language; what could be two amounts is asked again."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from orders.screens.forms import AmountField

IN_EITHER_LANGUAGE = pytest.mark.parametrize("language", ["en", "de"])


@IN_EITHER_LANGUAGE
@pytest.mark.parametrize(
    ("typed", "cents"),
    {
        "12.50": 1250,
        "12,50": 1250,
        " 12,50 €": 1250,
        "€12.5": 1250,
        "12,50\N{NO-BREAK SPACE}€": 1250,
        "1250": 125000,
        "0,01": 1,
    }.items(),
)
def test_an_amount_is_understood_with_either_separator(language: str, typed: str, cents: int) -> None:
    with override(language):
        assert AmountField().clean(typed).cents == cents


@IN_EITHER_LANGUAGE
@pytest.mark.parametrize(
    "typed", ["1,250", "1.250", "1,250.00", "1.250,00", "12.", ",5", "1e3", "1 250", "€", "€€", "12,5,0"]
)
def test_what_could_mean_two_things_is_asked_again(language: str, typed: str) -> None:
    with override(language), pytest.raises(ValidationError) as wrong:
        AmountField().clean(typed)
    assert wrong.value.code == "invalid"


@pytest.mark.parametrize(("typed", "code"), {"": "required", "0,00": "min_value", "-5": "min_value"}.items())
def test_nothing_and_less_are_told_apart(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        AmountField().clean(typed)
    assert wrong.value.error_list[0].code == code
