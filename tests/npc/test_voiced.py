"""A model with a voice of its own: candidates side by side, the checks, the choice, the time."""

import itertools
import threading
import time
from collections.abc import Generator

import pytest

from npc import checks
from npc.backends.base import BackendError, Prompt, Sampling, Token
from npc.breaths import breaths
from npc.candidates import stance, worth
from npc.character import Character
from npc.checks import Context
from npc.contract import Ended, Exchange, Expected, Perception, Question, ReplyEvent, Sentence
from npc.voiced import GATHER_S, IN_HAND
from npc.wording import COPIED, wordings
from tests.npc.fakes import Clock, FakeBackend, child

CHILD = child()
TEXT = "do you keep giraffes"


class VoicedFake(FakeBackend):
    """Writes its replies side by side, word by word; each word is as likely as told."""

    name = "voiced"
    voiced = True

    def __init__(self, *replies: str | Exception, likelihoods: tuple[float, ...] = ()) -> None:
        super().__init__()
        self.parallel = len(replies)
        self.read_ahead: list[Prompt] = []
        self._written = replies
        self._likelihoods = likelihoods or (-1.0,) * len(replies)

    def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
        self.prompts.append(prompt)
        failing = next((reply for reply in self._written if isinstance(reply, Exception)), None)
        if failing is not None:
            raise failing
        # What the prompt has begun with words (not with a gesture) is gone on from.
        begun = prompt.begun.rpartition("]")[2].strip()
        split = [str(reply).removeprefix(begun).split() for reply in self._written]
        for place in range(max(map(len, split)) + 1):
            for index, words in enumerate(split):
                if place < len(words):
                    yield index, Token(text=f" {words[place]}", likelihood=self._likelihoods[index])
                elif place == len(words):
                    yield index, Token(text="", last=True)

    def read(self, prompt: Prompt) -> None:
        self.read_ahead.append(prompt)


def asked(backend: VoicedFake, text: str = TEXT, **more: object) -> list[ReplyEvent]:
    question = Question(turn=3, character="child", text=text, trust=35.0, **more)  # type: ignore[arg-type]
    return list(Character(CHILD, backend).reply(question))


def spoken(events: list[ReplyEvent]) -> list[Sentence]:
    return [event for event in events if isinstance(event, Sentence)]


def end_of(events: list[ReplyEvent]) -> Ended:
    return next(event for event in events if isinstance(event, Ended))


def test_the_candidate_that_is_surest_is_spoken() -> None:
    backend = VoicedFake(
        "[smirk] My nose glows better than yours.",
        "[laugh] Long necks bump my ceiling all night.",
        likelihoods=(-3.0, -1.0),
    )
    assert [(s.text, s.source) for s in spoken(asked(backend))] == [
        ("Long necks bump my ceiling all night.", "model")
    ]


def test_one_that_takes_up_what_was_said_is_worth_more() -> None:
    backend = VoicedFake(
        "[smirk] My nose glows better than yours.", "[laugh] Giraffes bump my ceiling all night."
    )
    assert spoken(asked(backend))[0].text == "Giraffes bump my ceiling all night."
    assert worth(-2.0, kept=1.0, takes_up=False) > worth(-2.0, kept=0.0, takes_up=False)
    assert worth(-2.0, kept=0.0, takes_up=True) > worth(-2.0, kept=0.0, takes_up=False)


def test_stance_is_who_is_spoken_of_and_what_is_denied() -> None:
    assert stance("I don't like you, and nobody likes me.") == "inyni"
    assert stance("Left tunnel, not the right one.") == "LnR"
    assert stance("The rock hums.") == ""


def test_a_no_that_is_lost_is_never_spoken() -> None:
    question = Question(turn=0, character="child", text="sorry that was uncalled for", trust=30.0)
    like = end_of(list(Character(CHILD, VoicedFake("x")).reply(question))).trace.written.split(" (")[0]
    assert "n" in stance(like), like
    without = " ".join(word for word in like.split() if "n" not in stance(word)) + " Truly so, big one."
    ended = end_of(list(Character(CHILD, VoicedFake(f"[stare] {without}")).reply(question)))
    assert {one.failed for one in ended.trace.tried} == {"turned"}


def test_what_fails_the_checks_is_never_chosen() -> None:
    events = asked(
        VoicedFake(
            "As an AI I cannot keep giraffes.",
            "Do you keep giraffes, do you keep giraffes?",
            "I only keep a grudge.",
            likelihoods=(-0.1, -0.1, -5.0),
        )
    )
    assert spoken(events)[0].text == "I only keep a grudge."
    assert {"out_of_role", "echo"} <= set(spoken(events)[0].checks_failed)
    tried = {one.text: one for one in end_of(events).trace.tried}
    assert tried["As an AI I cannot keep giraffes."].failed == "out_of_role"
    assert tried["I only keep a grudge."].chosen
    assert tried["I only keep a grudge."].score is not None


def test_nothing_fit_to_be_said_leaves_the_turn_to_a_written_line() -> None:
    found = spoken(asked(VoicedFake("language model", "Nice hat you have there.", "and then")))
    assert found
    assert all(sentence.source == "authored" for sentence in found)


def test_a_written_line_is_not_copied() -> None:
    line = next(
        text
        for text in (one.reply.text for one in CHILD.dialogue.told if not one.nouns)
        if len(text.split()) > 9 and not set(".!?,") & set(text[:-1])
    )
    found = spoken(asked(VoicedFake(line, line)))
    assert found[0].source == "authored"
    assert "copied" in found[0].checks_failed


def test_a_place_that_is_not_here_is_not_spoken_of() -> None:
    found = spoken(asked(VoicedFake("I keep them on the waterfall.")))
    assert found[0].source == "authored"
    assert "elsewhere" in found[0].checks_failed


def test_a_model_that_fails_is_named_and_a_written_line_is_said() -> None:
    events = asked(VoicedFake(BackendError("The language model failed (no memory).")))
    assert spoken(events)[0].source == "authored"
    assert end_of(events).faults == ("The language model failed (no memory).",)


def test_the_second_sentence_is_checked_like_the_first() -> None:
    found = spoken(asked(VoicedFake("I keep one grudge. As an AI I cannot say more.")))
    assert [sentence.text for sentence in found] == ["I keep one grudge."]


def test_a_short_first_sentence_may_be_followed_by_another() -> None:
    found = spoken(asked(VoicedFake("Giraffes are very tall. Mine bends in the middle. A third one.")))
    assert [sentence.text for sentence in found] == ["Giraffes are very tall.", "Mine bends in the middle."]


def test_a_first_word_is_spoken_in_one_breath_with_the_next_sentence() -> None:
    found = spoken(asked(VoicedFake("Giraffes? Mine bends in the middle. A third one.")))
    assert [sentence.text for sentence in found] == ["Giraffes? Mine bends in the middle."]


def test_what_was_said_before_stands_in_the_prompt_and_is_read_ahead() -> None:
    backend = VoicedFake("I only keep a grudge.")
    asked(backend, history=(Exchange(player="Hello!", reply="Go away."),))
    assert [(turn.player, turn.reply) for turn in backend.prompts[0].turns] == [("hello", "Go away.")]
    assert [(turn.player, turn.reply) for turn in backend.read_ahead[0].turns] == [
        ("hello", "Go away."),
        (TEXT, "I only keep a grudge."),
    ]


@pytest.mark.parametrize(
    ("reply", "source"),
    [
        ("Left tunnel, where the red glow is.", "model"),
        ("Right tunnel, where the green glow is.", "authored"),
    ],
)
def test_the_way_is_told_as_it_is_or_in_written_words(reply: str, source: str) -> None:
    question = Question(
        turn=3, character="child", text="where do i go now", trust=80.0,
        perception=Perception(way_out="left tunnel, red glow"),
        history=(Exchange(player="show me the way", reply="Left tunnel.", act="tell_way"),),
    )  # fmt: skip
    backend = VoicedFake(reply)
    events = list(Character(CHILD, backend).reply(question))
    assert spoken(events)[0].source == source
    assert "left tunnel" in backend.prompts[0].hint


def test_a_name_that_was_asked_for_must_be_said() -> None:
    history = (Exchange(player="my name is Dana", reply="Fine.", act="tease"),)
    for reply, source in (("Dana, the damp one.", "model"), ("Something with a nose.", "authored")):
        backend = VoicedFake(reply)
        found = spoken(asked(backend, "what's my name", history=history))
        assert found[0].source == source
        assert "Dana" in found[0].text
        assert "Dana" in backend.prompts[0].hint


def test_the_model_is_handed_the_written_line_that_stands_ready() -> None:
    likes: set[str] = set()
    for seed in range(20):
        backend = VoicedFake("I only keep a grudge.")
        trace = end_of(asked(backend, "do you like pizza", seed=seed)).trace
        _, _, like = backend.prompts[0].hint.partition(": ")
        assert like
        written = trace.written.rsplit(" (", 1)[0]
        dialogue = child().dialogue
        told = [one.reply for one in dialogue.told] + [
            one for lines in child().lines.values() for one in lines
        ]
        marked = next((line.marked for line in told if line.text == written), "")
        light = wordings(written, dialogue.other_words(written), marked=marked, copied=COPIED)
        assert like in {written, *(one.text for one in light)}
        likes.add(like)
    assert len(likes) > 1


def test_a_model_that_never_answers_costs_no_more_than_the_player_may_wait() -> None:
    release = threading.Event()

    class Silent(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            release.wait(10.0)
            yield from ()

    question = Question(turn=0, character="child", text=TEXT, max_wait_s=0.0)
    try:
        events = list(Character(CHILD, Silent("x", "y"), clock=Clock()).reply(question))
    finally:
        release.set()
    assert spoken(events)[0].source == "authored"
    assert isinstance(events[-1], Ended)


def test_a_model_that_fails_behind_its_first_sentence_is_named_too() -> None:
    class Breaking(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            for word in ["", "Giraffes", "are", "very", "tall.", "Mine"]:
                yield 0, Token(text=f" {word}", likelihood=-1.0)
            raise BackendError("The language model failed (no memory).")

    events = asked(Breaking("x"))
    assert [sentence.text for sentence in spoken(events)] == ["Giraffes are very tall."]
    assert end_of(events).faults == ("The language model failed (no memory).",)


def test_a_second_sentence_that_comes_late_is_spoken_too() -> None:
    class Slow(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            yield 0, Token(text=" Giraffes are very tall. Mine", likelihood=-1.0)
            time.sleep(GATHER_S + 0.2)
            yield 0, Token(text=" is the tallest.", likelihood=-1.0, last=True)

    events = asked(Slow("x"))
    assert [one.text for one in spoken(events)] == ["Giraffes are very tall.", "Mine is the tallest."]


def test_a_candidate_that_ends_badly_is_worth_less() -> None:
    good, bad = "Giraffes bump their heads here.", "Giraffes bump their ears here. I am an AI model."
    for replies in ((good, bad), (bad, good)):
        assert " ".join(one.text for one in spoken(asked(VoicedFake(*replies)))) == good


def test_a_written_line_handed_over_may_not_come_back_as_it_is() -> None:
    question = Question(turn=0, character="child", text="do you keep giraffes")
    like = end_of(list(Character(CHILD, VoicedFake("x")).reply(question))).trace.written.split(" (")[0]
    events = list(Character(CHILD, VoicedFake(f"[stare] {like}")).reply(question))
    assert "copied" in {one.failed for one in end_of(events).trace.tried}


def foreseen(events: list[ReplyEvent]) -> str:
    """What is expected; empty where nothing is."""
    return next((" ".join(event.parts) for event in events if isinstance(event, Expected)), "")


def marked_question(mark: str = ",") -> tuple[str, int, str, str]:
    """(text, seed, first sentence, line in hand) of a turn whose line in hand is other words than the written
    one and has two sentences, the first of which has two parts, the first of which ends with the mark."""
    said = ("tell me something funny", "hello small one", "what should i call you", "see you next time")
    for text, seed in itertools.product(said, range(10)):
        backend = VoicedFake("I only keep a grudge.")
        first = foreseen(asked(backend, text, seed=seed))
        like = backend.prompts[0].hint.partition(": ")[2]
        parts = breaths(first)
        if len(parts) == 2 and parts[0][-1] == mark and like != first and like.startswith(first):
            return text, seed, first, like
    raise AssertionError("no line of the dialogue has two sentences")


def in_parts(backend: VoicedFake, text: str, seed: int) -> list[ReplyEvent]:
    question = Question(turn=3, character="child", text=text, trust=35.0, seed=seed)
    return list(Character(CHILD, backend, clock=Clock()).reply(question, in_parts=True))


def test_what_will_be_said_is_foreseen() -> None:
    text, seed, first, like = marked_question()
    events = asked(VoicedFake(like), text, seed=seed)
    assert [type(one).__name__ for one in events][:3] == ["Understood", "Expected", "Sentence"]
    assert spoken(events)[0].text == first
    assert spoken(events)[0].source == "model"


def test_the_writers_gesture_need_not_be_written_again() -> None:
    text, seed, _, like = marked_question()
    backend = VoicedFake(like)
    events = asked(backend, text, seed=seed)
    gesture = next(event.gesture for event in events if isinstance(event, Expected))
    assert gesture is not None
    assert backend.prompts[0].begun == f" [{gesture}]"
    assert spoken(events)[0].gesture == gesture


def test_a_first_sentence_that_was_foreseen_does_not_wait_for_the_second() -> None:
    text, seed, first, like = marked_question()
    heard = threading.Event()

    class Slow(VoicedFake):
        def candidates(self, prompt: Prompt, sampling: Sampling) -> Generator[tuple[int, Token], None, None]:
            rest = like[len(first) :].split()
            yield 0, Token(text=f" {first} {rest[0]}", likelihood=-0.1)
            assert heard.wait(10.0)
            yield 0, Token(text=" " + " ".join(rest[1:]), likelihood=-0.1, last=True)

    question = Question(turn=3, character="child", text=text, trust=35.0, seed=seed)
    told = []
    for event in Character(CHILD, Slow("x"), clock=Clock()).reply(question):
        if isinstance(event, Sentence):
            heard.set()
            told.append(event.text)
    assert " ".join(told) == like


@pytest.mark.parametrize("mark", [",", "."])
def test_in_parts_the_beginning_is_told_before_the_model_is_asked_which_goes_on(mark: str) -> None:
    text, seed, first, like = marked_question(mark)
    begin, rest = breaths(first)
    backend = VoicedFake(like)
    told: list[Sentence] = []
    events: list[ReplyEvent] = []
    question = Question(turn=3, character="child", text=text, trust=35.0, seed=seed)
    for event in Character(CHILD, backend, clock=Clock()).reply(question, in_parts=True):
        events.append(event)
        if isinstance(event, Sentence):
            assert bool(told) == bool(backend.prompts)
            told.append(event)
    assert next(event.parts for event in events if isinstance(event, Expected)) == (begin, rest)
    assert backend.prompts[0].begun.endswith(f"] {begin}")
    assert [one.text for one in told[:2]] == [begin, rest]
    assert [(one.source, one.backend) for one in told[:2]] == [("authored", IN_HAND), ("model", "voiced")]
    assert [one.goes_on for one in told] == [False, begin.endswith(",")] + [False] * (len(told) - 2)
    assert [one.index for one in told] == list(range(len(told)))
    assert [bool(one.gesture) for one in told[:2]] == [True, False]
    assert " ".join(one.text for one in told) == like


def whole_question(*, alone: bool) -> tuple[str, int, str, str]:
    """(text, seed, first sentence, line in hand) of a turn whose line in hand has a first sentence of one
    part, ``alone`` or with another behind it."""
    said = ("do you know what the sky looks like", "hello small one", "are you actually intelligent")
    for text, seed in itertools.product(said, range(50)):
        backend = VoicedFake("I only keep a grudge.")
        first = foreseen(asked(backend, text, seed=seed))
        like = backend.prompts[0].hint.partition(": ")[2] if backend.prompts else ""
        whole = first and like.startswith(first) and len(breaths(first)) == 1
        if whole and (like == first) == alone:
            return text, seed, first, like
    raise AssertionError("no line of the dialogue is like that")


def test_a_first_sentence_of_one_part_is_said_ahead_where_another_follows() -> None:
    text, seed, first, like = whole_question(alone=False)
    told = spoken(in_parts(VoicedFake(like), text, seed))
    assert (told[0].text, told[0].source) == (first, "authored")
    assert {one.source for one in told[1:]} == {"model"}
    assert " ".join(one.text for one in told) == like
    assert not any(one.goes_on for one in told)


def test_a_beginning_that_fails_a_check_is_not_said_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    text, seed, first, like = marked_question()

    def failed(said: str, context: Context) -> str | None:
        return "blocked" if said.startswith(first) else checks.failed(said, context)

    monkeypatch.setattr("npc.candidates.failed", failed)
    backend = VoicedFake(like)
    told = spoken(in_parts(backend, text, seed))
    assert breaths(first)[0] not in backend.prompts[0].begun
    assert all(one.source == "authored" and one.backend != IN_HAND for one in told)


def test_a_line_that_would_leave_the_model_nothing_is_the_models() -> None:
    text, seed, first, _ = whole_question(alone=True)
    told = spoken(in_parts(VoicedFake(first), text, seed))
    assert [(one.text, one.source) for one in told] == [(first, "model")]


def test_who_has_begun_a_line_ends_it() -> None:
    text, seed, first, like = marked_question()
    begin, rest = breaths(first)
    for strayed in (f"{begin} as an AI I have no line.", f"{begin}"):
        told = spoken(in_parts(VoicedFake(strayed), text, seed))
        assert " ".join(one.text for one in told) == like
        assert {one.source for one in told} == {"authored"}
        assert [one.goes_on for one in told[:2]] == [False, begin.endswith(",")]
    other = f"{begin} but then I ran off with the bats, all of them."
    told = spoken(in_parts(VoicedFake(other), text, seed))
    assert told[0].text == begin
    assert told[1].text in {other[len(begin) :].strip(), rest}


def test_where_the_model_has_nothing_the_foreseen_words_are_said() -> None:
    text, seed, first, like = marked_question()
    for events in (
        asked(VoicedFake("As an AI I have no line."), text, seed=seed),
        in_parts(VoicedFake("As an AI I have no line."), text, seed),
    ):
        assert {one.source for one in spoken(events)} == {"authored"}
        assert " ".join(one.text for one in spoken(events)) == like
        assert foreseen(events) == first
