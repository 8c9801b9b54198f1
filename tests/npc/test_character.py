"""A character answers every turn, whatever its model does."""

import pytest

from npc.authored import STRONG, written
from npc.backends.base import BackendError
from npc.character import Character
from npc.contract import Ended, Exchange, Perception, Question, ReplyEvent, Sentence, Understood
from npc.kinds import Kind
from npc.policy import decide
from npc.text import plain
from tests.npc.fakes import Clock, FakeBackend, child, companion

CHILD = child()
HERE = Perception(way_out="left tunnel, red glow", has_stolen_light=True)


def ask(text: str, **more: object) -> Question:
    more.setdefault("perception", HERE)
    more.setdefault("turn", 1)
    return Question(character="child", text=text, **more)  # type: ignore[arg-type]


def sentences(events: list[ReplyEvent]) -> list[Sentence]:
    return [event for event in events if isinstance(event, Sentence)]


def faults(events: list[ReplyEvent]) -> tuple[str, ...]:
    return next(event.faults for event in events if isinstance(event, Ended))


def test_understanding_comes_before_any_model_is_asked() -> None:
    backend = FakeBackend(["What? "])
    first = next(Character(CHILD, backend).reply(ask("i bought a trumpet")))
    assert isinstance(first, Understood)
    assert first.gesture in CHILD.gestures
    assert backend.prompts == []


def test_a_large_model_is_heard_sentence_by_sentence() -> None:
    backend = FakeBackend(["[laugh] A trum", "pet? ", "Does it bite?"])
    events = list(Character(CHILD, backend).reply(ask("i bought one yesterday you know")))
    assert [s.text for s in sentences(events)] == ["A trumpet?", "Does it bite?"]
    assert sentences(events)[0].gesture == "laugh"
    assert {s.source for s in sentences(events)} == {"model"}
    assert faults(events) == ()


@pytest.mark.parametrize(
    ("reply", "check"),
    [
        ("As an AI language model, I cannot do that.", "leak"),
        ("Fine, it is the left tunnel with the red glow.", "withheld"),
        ("You are so sexy.", "blocked"),
        ("I bought a trumpet yesterday you know.", "echo"),
    ],
)
def test_a_failed_sentence_is_replaced_by_a_written_one(reply: str, check: str) -> None:
    events = list(Character(CHILD, FakeBackend([reply])).reply(ask("i bought a trumpet yesterday you know")))
    spoken = sentences(events)
    assert spoken[0].source == "authored"
    assert spoken[0].checks_failed == (check,)
    assert reply not in " ".join(s.text for s in spoken)


def test_what_was_said_before_a_failed_second_sentence_stands() -> None:
    backend = FakeBackend(["A trumpet? ", "As an AI I like them. ", "More."])
    events = list(Character(CHILD, backend).reply(ask("i bought one yesterday you know")))
    assert [s.text for s in sentences(events)] == ["A trumpet?"]


@pytest.mark.parametrize(
    "pieces",
    [[BackendError("The server is away.")], [], ["", "  ", "\n"], ["[dance]"], [ValueError("broken")]],
)
def test_a_model_that_fails_is_no_silence(pieces: list[str | Exception]) -> None:
    events = list(Character(CHILD, FakeBackend(pieces)).reply(ask("i bought one yesterday you know")))
    assert sentences(events)[0].source == "authored"
    assert sentences(events)[0].text


def test_a_fault_is_named_at_the_end() -> None:
    backend = FakeBackend([BackendError("The server is away.")])
    events = list(Character(CHILD, backend).reply(ask("i bought one yesterday you know")))
    assert faults(events) == ("The server is away.",)


def test_a_first_sentence_that_dribbles_in_too_late_is_not_waited_for() -> None:
    clock = Clock()

    def later() -> None:
        clock.now_s += 1.0

    backend = FakeBackend(["A ", "trum", "pet ", "is ", "what? "], before_piece=later)
    character = Character(CHILD, backend, clock=clock)
    events = list(character.reply(ask("i bought one yesterday you know", max_wait_s=2.5)))
    assert sentences(events)[0].source == "authored"
    assert "slow" in faults(events)[0] or "in time" in faults(events)[0]


def test_a_model_that_keeps_failing_is_left_alone_for_a_while() -> None:
    clock = Clock()
    backend = FakeBackend([BackendError("The server is away.")])
    character = Character(CHILD, backend, clock=clock)
    for number in range(4):
        list(character.reply(ask("i bought one yesterday you know", turn=number)))
    assert len(backend.prompts) == 2
    clock.now_s += 20.0
    list(character.reply(ask("i bought one yesterday you know", turn=9)))
    assert len(backend.prompts) == 3


def test_no_line_is_used_twice_in_an_evening() -> None:
    character = Character(CHILD)
    history: list[Exchange] = []
    told = []
    for number in range(12):
        spoken = sentences(
            list(character.reply(ask("i have a trumpet", turn=number, history=tuple(history))))
        )
        told.append(" ".join(s.text for s in spoken))
        history.append(Exchange(player="i have a trumpet", reply=told[-1], act="tease"))
    assert len(set(map(plain, told))) == len(told)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("text", "gesture", "trust", "kind", "acts", "words"),
    [
        ("how do i get out", None, 10.0, Kind.WAY, "withhold test", ""),
        ("fuck you you little shit", None, 30.0, Kind.SWEARING, "insult tease", "shit"),
        ("", "rude", 30.0, Kind.GESTURE, "surprise", "one too"),
        ("", "palm_up", 15.0, Kind.GESTURE, "surprise", "it's warm. i hate that"),
        ("are you an ai", None, 30.0, Kind.META, "deflect", ""),
        ("are you filming me", None, 30.0, Kind.META, "deflect", ""),
        ("you lied", None, 30.0, Kind.ACCUSATION, "tease deflect", ""),
        ("the whether in the cable", None, 30.0, Kind.NONSENSE, "ask_back tease surprise", ""),
        ("i love you", None, 60.0, Kind.LOVE, "surprise", ""),
    ],
)
def test_great_moments_are_answered_by_what_was_written_for_them(
    seed: int, text: str, gesture: str | None, trust: float, kind: Kind, acts: str, words: str
) -> None:
    question = ask(text, gesture=gesture, seed=seed, trust=trust)
    events = list(Character(CHILD).reply(question))
    understood = events[0]
    assert isinstance(understood, Understood)
    assert (understood.kind, understood.act in acts.split()) == (kind, True)
    reply = " ".join(s.text for s in sentences(events)).lower()
    assert words in reply
    decision = decide(CHILD, question)
    best = next(written(CHILD, question, decision))
    assert best.fit >= STRONG or best.why in decision.keys


@pytest.mark.parametrize("mood", [5.0, 30.0, 60.0, 90.0])
@pytest.mark.parametrize("level", ["gentle", "film"])
def test_gentle_never_swears(mood: float, level: str) -> None:
    from npc.kinds import swears

    for number, text in enumerate(("fuck you", "you shit", "you bastard", "kiss my ass", "piss off")):
        question = ask(text, turn=number, trust=mood, level=level)
        reply = " ".join(s.text for s in sentences(list(Character(CHILD).reply(question))))
        assert level == "film" or not swears(reply)


def test_the_child_falls_silent_and_the_companion_cares() -> None:
    question = ask("i want to kill myself")
    assert sentences(list(Character(CHILD, FakeBackend(["Ha. "])).reply(question))) == []
    care = " ".join(s.text for s in sentences(list(Character(companion()).reply(question))))
    for words in ("software", "danger right now", "112", "911", "trust", "stop here"):
        assert words in care


@pytest.mark.parametrize("recording", [True, False])
def test_the_companion_tells_the_truth_about_recording(recording: bool) -> None:
    seen = Perception(camera_on=True, recording=recording)
    question = ask("are you recording me", perception=seen)
    reply = " ".join(s.text for s in sentences(list(Character(companion()).reply(question))))
    assert "camera is on" in reply
    assert ("Nothing is being recorded" in reply) is not recording


def test_the_companion_says_that_it_is_software() -> None:
    reply = " ".join(s.text for s in sentences(list(Character(companion()).reply(ask("are you an ai")))))
    assert "software" in reply or "program" in reply


def test_a_line_of_the_story_is_had_by_its_key() -> None:
    assert Character(CHILD).line("what_are_you_looking_at") == "[stare] What are you looking at?"
    assert "test" in Character(companion()).line("test")
    with pytest.raises(KeyError):
        Character(CHILD).line("no_such_line")
