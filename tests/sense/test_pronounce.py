"""Words that no dictionary holds, in CMUdict's phones."""

import pytest

from game.sense.pronounce import arpabet, pronounced


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("ɹˈiːsɛntɚ", "R IY S EH N T ER"),
        ("tʃˈɜːtʃ", "CH ER CH"),
        ("dʒˈɛdaɪ", "JH EH D AY"),
        ("hˈɑːloʊ", "HH AA L OW"),
        ("bˈʌʔn̩", "B AH T AH N"),
        ("ˈæʒɚ", "AE ZH ER"),
        ("", ""),
        ("ǃ¿", ""),
    ],
)
def test_ipa_becomes_the_phones_of_the_dictionary(ipa: str, phones: str) -> None:
    assert arpabet(ipa) == phones


def test_any_word_gets_phones_that_the_recogniser_knows() -> None:
    pytest.importorskip("piper")
    assert pronounced("kraken") == "K R EY K AH N"
    assert pronounced("quidditch") == "K W IH D IH CH"
    assert pronounced("'") is None
