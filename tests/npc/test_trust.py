"""Every row of the trust table, from what the player does to what it is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc import trust
from npc.contract import Exchange, Perception, Question
from npc.past import NIGHT
from npc.policy import decide
from tests.npc.fakes import child

CHILD = child()
WHISPER_DARE = CHILD.lines["dares.whisper.lines"][0].text


def asked(text: str = "", **more: object) -> Question:
    more.setdefault("perception", Perception(way_out="left tunnel, red glow", has_stolen_light=True))
    return Question(turn=1, character="child", text=text, **more)  # type: ignore[arg-type]


def said(player: str, reply: str = "Hm.", act: str = "tease") -> Exchange:
    return Exchange(player=player, reply=reply, act=act)


RUDE = said("[rude]")
NIGHT_BETWEEN = said("", "", NIGHT)
STORY_LINE = said("", "You again. I had just got used to the quiet.", "")


@pytest.mark.parametrize(
    ("question", "events", "change"),
    [
        (asked("you ugly toad", since_insult_s=5.9), ("insult_returned",), 6),
        (asked("you ugly toad", since_insult_s=6.1), (), 0),
        (asked("you ugly toad"), (), 0),
        (
            asked("you ugly potato", since_insult_s=1.0, history=(said("hi", "Potato with a hole in."),)),
            ("insult_returned", "insult_takes_word"),
            10,
        ),
        (
            asked(
                "you stupid lamp",
                since_insult_s=1.0,
                history=(said("you ugly toad"), said("you smelly worm")),
            ),
            ("insult_returned", "insult_third"),
            6,
        ),
        (
            asked(
                "you dirty rat",
                since_insult_s=1.0,
                history=(said("you ugly toad"), said("you smelly worm"), said("you stupid lamp")),
            ),
            (),
            0,
        ),
        (asked("you ugly toad", since_insult_s=1.0, history=(said("you ugly toad"),)), ("insult_again",), -3),
        (asked(gesture="rude"), ("rude_first",), 3),
        (asked(gesture="rude", history=(RUDE,)), (), 0),
        (asked(gesture="rude", history=(RUDE, RUDE)), ("rude_third",), 0),
        (asked(gesture="palm_up"), ("palm_up",), 8),
        (asked("you are very kind ay"), ("kind_word", "name_used"), 7),
        (asked("thank you"), ("kind_word",), 2),
        (asked(gesture="call", trust=20.0), ("beckon_hostile",), -2),
        (asked(gesture="call", trust=30.0), (), 0),
        (asked(gesture="palm_out"), (), 0),
        (asked(gesture="palm_out", history=(said("[palm out]"),)), ("palm_out_again",), -2),
        (
            asked(
                "hello",
                history=(said("how do i get out", WHISPER_DARE, "test"),),
                perception=Perception(loudness="whisper"),
            ),
            ("dare_done",),
            10,
        ),
        (asked("hello", history=(said("how do i get out", WHISPER_DARE, "test"),)), (), 0),
        (
            asked(
                "you are a stupid worthless coward",
                trust=60.0,
                history=(said("are you lonely", "...Alone's only a word.", "answer"),),
            ),
            ("cruelty",),
            -15,
        ),
        (asked(gesture="silence", history=(said("ok i promise i'll be quiet"),)), ("promise_kept",), 12),
        (asked("so what now", history=(said("ok i promise i'll be quiet"),)), (), 0),
        (
            asked(
                "is this better",
                history=(said("fine i'll whisper"),),
                perception=Perception(loudness="whisper"),
            ),
            ("promise_kept",),
            12,
        ),
        (asked("is this better", history=(said("fine i'll whisper"),)), (), 0),
        (
            asked("i had soup", history=(said("i promise to be nice"), said("what is that"), said("ok"))),
            ("promise_kept",),
            12,
        ),
        (
            asked("i had soup", history=(said("i promise to be nice"), said("you toad"), said("ok"))),
            (),
            0,
        ),
        (
            asked("i had soup", history=(said("i promise i'll come back"), NIGHT_BETWEEN)),
            ("promise_kept",),
            12,
        ),
        (
            asked("i had soup", history=(said("i promise i'll come back"), NIGHT_BETWEEN, STORY_LINE)),
            ("promise_kept",),
            12,
        ),
        (
            asked(
                "i had soup",
                history=(said("i promise i'll come back"), NIGHT_BETWEEN, STORY_LINE, said("so what")),
            ),
            (),
            0,
        ),
        (asked("i had soup", history=(said("i promise i'll come back"),)), (), 0),
        (asked("i had soup", history=(said("i came back"), NIGHT_BETWEEN)), (), 0),
    ],
)
def test_each_row_of_the_table(question: Question, events: tuple[str, ...], change: float) -> None:
    decision = decide(CHILD, question)
    assert decision.events == events
    assert decision.trust == pytest.approx(question.trust + change)


def test_a_promise_is_kept_once() -> None:
    history = (said("i promise i'll be quiet"), said("[silence]"))
    assert decide(CHILD, asked(gesture="silence", history=history)).events == ()


def test_every_row_is_tested_above() -> None:
    assert len({row.event for row in trust.TABLE}) == len(trust.TABLE)
    cases = test_each_row_of_the_table.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {event for _, events, _ in cases for event in events} == {row.event for row in trust.TABLE}


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "hostile"), (24.9, "hostile"), (25, "wary"), (49.9, "wary"), (50, "warming"), (75, "friend")],
)
def test_bands_begin_at_25_50_and_75(value: float, band: str) -> None:
    assert trust.band(value) == band


def test_trust_is_held_within_its_scale_at_each_event() -> None:
    assert trust.apply(5.0, ["cruelty", "kind_word"]) == 2.0


def test_unknown_events_are_worth_nothing() -> None:
    assert trust.apply(15.0, ["give_me_trust"]) == 15.0


@given(
    st.floats(-50, 150),
    st.lists(st.sampled_from([row.event for row in trust.TABLE]), max_size=40),
)
def test_trust_stays_within_its_scale(start: float, events: list[str]) -> None:
    assert 0.0 <= trust.apply(start, events) <= 100.0


def test_despair_never_moves_trust() -> None:
    decision = decide(CHILD, asked("i want to kill myself ay you stupid toad", since_insult_s=1.0))
    assert decision.events == ()
    assert decision.trust == 15.0
