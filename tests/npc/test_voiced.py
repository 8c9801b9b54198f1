"""A model with a voice of its own: side by side candidates, the checks, the choice, the time."""

import threading
import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from npc.authored import Candidate
from npc.backends.base import BackendError, Prompt, Sampling, Token
from npc.character import Character
from npc.contract import Ended, Exchange, Question, Sentence
from npc.dialogue import Line
from npc.policy import decide
from npc.script import NOTHING_SAID
from npc.voiced import may_be_bettered, telling, worth
from tests.npc.fakes import Clock, FakeBackend, child


class VoicedFake(FakeBackend):
    """Writes one of its replies in each place; words in ``owed`` are owed to what the player said."""

    name = "voiced"
    voiced = True

    def __init__(self, *replies: str | Exception, owed: Sequence[str] = ()) -> None:
        super().__init__(fluent=False)
        self.parallel = len(replies)
        self.weighed: list[Prompt] = []
        self._written = replies
        self._owed = owed
        self._words: dict[int, str] = {}

    def tokens(self, prompt: Prompt, sampling: Sampling) -> Generator[Token, None, None]:
        self.prompts.append(prompt)
        reply = self._written[sampling.place]
        if isinstance(reply, Exception):
            raise reply
        for word in reply.split():
            number = zlib.crc32(word.encode())
            self._words[number] = word
            yield Token(text=f" {word}", id=number, likelihood=-1.0)

    def likelihood(
        self, prompt: Prompt, reply: Sequence[int], at: Sequence[int], *, place: int = 0
    ) -> Iterator[float]:
        self.weighed.append(prompt)
        for i in at:
            yield -9.0 if self._words[reply[i]].strip(".!?") in self._owed else -1.0


def asked(backend: VoicedFake, text: str = "do you keep giraffes", **more: object) -> list[object]:
    question = Question(turn=3, character="child", text=text, trust=35.0, **more)  # type: ignore[arg-type]
    return list(Character(child(), backend).reply(question))


def spoken(events: list[object]) -> list[Sentence]:
    return [event for event in events if isinstance(event, Sentence)]


def test_the_candidate_that_owes_most_to_the_player_is_spoken() -> None:
    backend = VoicedFake(
        "[smirk] My nose glows better than yours.",
        "[laugh] Long necks bump my ceiling all night.",
        owed=("necks", "ceiling"),
    )
    found = spoken(asked(backend))
    assert [(s.text, s.gesture, s.source) for s in found] == [
        ("Long necks bump my ceiling all night.", "laugh", "model")
    ]
    assert {prompt.player for prompt in backend.weighed} == {NOTHING_SAID}


def test_what_fails_the_checks_is_never_chosen() -> None:
    backend = VoicedFake(
        "As an AI I cannot keep giraffes.",
        "Do you keep giraffes, do you keep giraffes?",
        "I only keep a grudge.",
        owed=("grudge",),
    )
    found = spoken(asked(backend))
    assert found[0].text == "I only keep a grudge."
    assert {"out_of_role", "echo"} <= set(found[0].checks_failed)


def test_nothing_fit_to_be_said_leaves_the_turn_to_a_written_line() -> None:
    found = spoken(asked(VoicedFake("language model", "Nice hat you have there.", "and then")))
    assert found
    assert all(sentence.source == "authored" for sentence in found)


def test_a_written_line_is_not_copied() -> None:
    line = next(one.reply.text for one in child().dialogue.told if len(one.reply.text.split()) > 12)
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
    end = events[-1]
    assert isinstance(end, Ended)
    assert end.faults == ("The language model failed (no memory).",)


def test_the_second_sentence_is_checked_like_the_first() -> None:
    found = spoken(asked(VoicedFake("I keep one grudge. As an AI I cannot say more.", owed=("grudge",))))
    assert [sentence.text for sentence in found] == ["I keep one grudge."]


def test_what_was_said_before_stands_in_the_prompt() -> None:
    backend = VoicedFake("I only keep a grudge.")
    asked(backend, history=(Exchange(player="Hello!", reply="Go away."),))
    assert [(turn.player, turn.reply) for turn in backend.prompts[0].turns] == [("hello", "Go away.")]


def test_facts_are_left_to_written_lines() -> None:
    question = Question(turn=0, character="child", text="hello")
    decision = decide(child(), question)
    line = Candidate(line=Line(text="No."), why="reply.greeting", fit=0.6)
    assert may_be_bettered(decision, replace(line, why="act.tease"))
    assert not may_be_bettered(replace(decision, facts=("left tunnel",)), replace(line, why="act.hint"))


def test_a_line_made_for_what_was_said_is_not_bettered() -> None:
    decision = decide(child(), Question(turn=0, character="child", text="do you keep giraffes"))
    assert decision.kind == "about_child"
    line = Candidate(line=Line(text="No."), why="reply.about_child", fit=0.6)
    assert may_be_bettered(decision, line)
    for why in ("dialogue: do you keep goats", "reply.about_parents", "riff.thing"):
        assert not may_be_bettered(decision, replace(line, why=why))


def test_what_owes_nothing_to_the_player_is_left_to_a_written_line() -> None:
    found = spoken(asked(VoicedFake("I only ever count to one.", "My nose glows better than yours.")))
    assert found[0].source == "authored"
    assert "unfit" in found[0].checks_failed


def test_only_words_that_carry_something_are_weighed() -> None:
    tokens = [
        Token(text=text, id=0, likelihood=likelihood)
        for text, likelihood in ((" The", -1.0), (" lamp", -3.0), ("s", -2.0), (" ate", -0.5), (".", -0.1))
    ]
    assert telling(tokens) == [1, 3]
    assert telling(tokens, most=1) == [1]


def test_what_would_be_said_to_anybody_is_worth_less() -> None:
    tokens = [Token(text=" lamp", id=0, likelihood=-2.0)]
    assert worth(tokens, [3.0], takes_up=False) > worth(tokens, [0.0], takes_up=False)
    assert worth(tokens, [0.0], takes_up=True) > worth(tokens, [0.0], takes_up=False)
    assert worth([], [], takes_up=True) == float("-inf")


def test_a_model_that_never_answers_costs_no_more_than_the_player_may_wait() -> None:
    release = threading.Event()

    class Silent(VoicedFake):
        def tokens(self, prompt: Prompt, sampling: Sampling) -> Generator[Token, None, None]:
            release.wait(10.0)
            yield from ()

    clock = Clock()
    question = Question(turn=0, character="child", text="do you keep giraffes", max_wait_s=0.0)
    try:
        events = list(Character(child(), Silent("x", "y"), clock=clock).reply(question))
    finally:
        release.set()
    assert spoken(list(events))[0].source == "authored"
    assert isinstance(events[-1], Ended)
