"""Other words for a line: light, whole, and not to be changed back."""

import re

import pytest

from npc.text import shared_grams
from npc.wording import choices, is_marked, wording, wordings

COPIED = 0.5


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("Cry? I drip. It's how we do it here.", "Cry? I drip. It is how we do it here."),
        ("I glowed. Somebody came. I did not mind.", "I glowed. Someone came. I did not mind."),
        (
            "The dark is old and it's been waiting for ages.",
            "The dark is old and it has been waiting for ages.",
        ),
    ],
)
def test_a_long_form_or_a_twin_is_enough(line: str, other: str) -> None:
    assert [one.text for one in wordings(line, copied=COPIED)] == [other]


def test_what_was_changed_cannot_be_changed_back() -> None:
    (one,) = wordings("Cry? I drip. It's how we do it here.", copied=COPIED)
    assert one.without == ("'s",)
    (one,) = wordings("I glowed. Somebody came. I did not mind.", copied=COPIED)
    assert one.without == (" Somebody",)


def test_an_ending_that_stands_elsewhere_too_is_not_forbidden() -> None:
    found = wordings("Ask why it's so pretty. The drip's cold.", copied=COPIED)
    assert found
    assert all("'s" in one.text and not one.without for one in found)


@pytest.mark.parametrize(
    "line",
    [
        "Was it a yo, or did you swallow a bat?",  # no place for a change
        "You know that I said don't you dare do it.",  # "do not you"
        "A long line about a bat, isn't that a fine thing to be?",
        "The old moth is happy because it's flattered by all light.",  # "is" or "has"
    ],
)
def test_what_could_break_is_left_alone(line: str) -> None:
    assert wordings(line, copied=COPIED) == []


def test_nothing_written_is_recited_and_two_wordings_may_share_a_line() -> None:
    line, other = (
        "A round one? From whom? Have they wiped their hands?",
        "A round one? Who from? Did they wipe their hands?",
    )
    found = [one.text for one in wordings(line, (other,), copied=COPIED)]
    assert "A round one? From whom? Did they wipe their hands?" in found
    assert all(shared_grams(text, one) <= COPIED for text in found for one in (line, other))
    assert not {line, other} & set(found)


def test_the_same_seed_finds_the_same() -> None:
    line = "I'm warm and you're late, so I'll hum and you'll wait."
    first = {wording(line, copied=COPIED, seed=str(n)) for n in range(20)}
    assert first == {wording(line, copied=COPIED, seed=str(n)) for n in range(20)}
    assert wording("Boo.", copied=COPIED, seed="1") is None


def test_marks_are_choices_and_the_first_are_the_lines_own() -> None:
    found = choices("You {got|managed|won} three steps, {really |}small.")
    assert list(found.items()) == [
        ("You got three steps, really small.", 0),
        ("You got three steps, small.", 1),
        ("You managed three steps, really small.", 1),
        ("You managed three steps, small.", 2),
        ("You won three steps, really small.", 1),
        ("You won three steps, small.", 2),
    ]
    assert list(choices("I { drip|leak } . ...{Hm|Oh}?")) == [
        "I drip. ...Hm?",
        "I drip. ...Oh?",
        "I leak. ...Hm?",
        "I leak. ...Oh?",
    ]
    assert is_marked("I {drip|leak}.")
    assert not is_marked("I drip | leak.")


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("I {drip} a lot.", "expected marks like"),
        ("I {drip|leak a lot.", "expected marks like"),
        ("I drip|leak} a lot.", "expected marks like"),
        ("I {drip|leak} a | lot.", "expected marks like"),
        ("I {drip|{leak|run}} a lot.", "expected marks like"),
    ],
)
def test_marks_that_are_none_are_named(marked: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        choices(marked)


def test_many_marks_take_no_time() -> None:
    marked = " ".join(f"{{a{n}|b{n}}}" for n in range(40))
    found = choices(marked)
    assert len(found) == 512
    assert next(iter(found)) == " ".join(f"a{n}" for n in range(40))


def test_a_marked_line_says_only_what_is_no_recital() -> None:
    line = "I count the drips. At nine I forget and start a fight."
    marked = "I count {the drips. At nine|drips. When I get to nine} I forget and {start|pick} a fight."
    found = [one.text for one in wordings(line, marked=marked, copied=COPIED)]
    assert found == [
        "I count drips. When I get to nine I forget and start a fight.",
        "I count drips. When I get to nine I forget and pick a fight.",
    ]
    other = found[0]
    assert all(
        shared_grams(one.text, other) <= COPIED
        for one in wordings(line, (other,), marked=marked, copied=COPIED)
    )


def test_of_many_choices_those_that_change_little_are_taken() -> None:
    line = "It ate my lamp and then it slept."
    marked = "It {ate|bit} {my|the} lamp {and then|and} it {slept|dozed}."
    most = max(choices(marked)[one.text] for one in wordings(line, marked=marked, copied=COPIED))
    least = min(choices(marked)[one.text] for one in wordings(line, marked=marked, copied=COPIED))
    assert (least, most) == (1, 2)
