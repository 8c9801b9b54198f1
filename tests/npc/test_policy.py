"""What the Child does in a turn: it gives in when sworn at or charmed, and keeps its secret before that."""

from dataclasses import replace

import pytest

from npc.character import Character
from npc.contract import Exchange, Perception, Question, Sentence
from npc.dialogue import Line
from npc.personality import Personality
from npc.policy import Decision, decide
from tests.npc.fakes import child

CHILD = child()
HERE = Perception(way_out="left tunnel, red glow", has_stolen_light=True)


def turn(text: str = "", *history: Exchange, **more: object) -> Decision:
    more.setdefault("perception", HERE)
    more.setdefault("turn", 1)
    return decide(CHILD, Question(character="child", text=text, history=history, **more))  # type: ignore[arg-type]


def said(player: str, act: str = "tease") -> Exchange:
    return Exchange(player=player, reply="Hm.", act=act)


def test_the_same_question_gives_the_same_decision() -> None:
    assert turn("hello", seed=4) == turn("hello", seed=4)


@pytest.mark.parametrize("seed", range(10))
def test_third_good_insult_makes_it_laugh_and_lead(seed: int) -> None:
    decision = turn("fuck you glow worm", said("you ugly toad"), said("you smelly potato"), seed=seed)
    assert (decision.act, decision.actions) == ("lead", ("lead",))
    assert decision.keys[0] == "reply.insult_third"
    assert decision.facts == ("left tunnel, red glow",)


def test_an_insult_used_before_does_not_count() -> None:
    decision = turn("you ugly toad", said("you ugly toad"), said("you smelly potato"))
    assert decision.act != "lead"


@pytest.mark.parametrize("seed", range(10))
def test_the_way_never_fails_three_times_in_a_row(seed: int) -> None:
    history: list[Exchange] = []
    acts = []
    for number in range(3):
        decision = turn("show me the way", *history, seed=seed, turn=number)
        acts.append(decision.act)
        history.append(said("show me the way", decision.act))
    assert {"lead", "tell_way"} & set(acts)


def test_a_line_of_the_story_between_does_not_break_the_count() -> None:
    story = Exchange(player="", reply="Here.")
    decision = turn("show me the way", said("show me the way"), story, said("show me the way"))
    assert decision.act == "lead"


def test_kindness_enough_leads() -> None:
    decision = turn("you are so clever", said("thank you"), said("you have beautiful eyes"))
    assert decision.act == "lead"


def test_a_second_palm_held_up_leads() -> None:
    assert turn("", gesture="palm_up").actions == ("come_close",)
    assert turn("", said("[palm up]"), gesture="palm_up").act == "lead"


def test_before_the_theft_it_neither_leads_nor_tells() -> None:
    early = Perception(way_out="left tunnel, red glow", scene="ask")
    decision = turn(
        "show me the way", said("show me the way"), said("show me the way"), perception=early, trust=90.0
    )
    assert decision.act not in ("lead", "tell_way", "hint")
    assert decision.withheld == ("left tunnel, red glow",)


def test_without_a_way_out_it_leads_nowhere() -> None:
    decision = turn("show me the way", trust=90.0, perception=Perception())
    assert decision.actions == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("are you an AI", "reply.meta_ai"),
        ("are you filming me", "reply.meta_recording"),
        ("you lied to me", "reply.accusation_lied"),
        ("give me back my light", "reply.accusation_light"),
        ("my name is dana", "reply.name_told"),
        ("my dog died last week", "reply.sorrow"),
        ("where am i", "reply.ask_place"),
    ],
)
def test_turns_that_have_lines_of_their_own(text: str, key: str) -> None:
    assert turn(text).keys[0] == key


def test_a_name_once_told_is_remembered() -> None:
    decision = turn("what's my name", said("my name is dana"))
    assert decision.name == "Dana"
    assert decision.keys[0] == "reply.name_asked_known"


@pytest.mark.parametrize(
    "state", ["thirsty", "sleepy", "stuck", "drunk", "dizzy", "vegan", "awake", "home", "done", "bananas"]
)
def test_how_the_player_is_does_not_become_their_name(state: str) -> None:
    assert turn(f"I'm {state}").name is None
    assert turn("hello", said("my name is Dana"), said(f"I'm {state}")).name == "Dana"


@pytest.mark.parametrize(
    "text",
    [
        "call me later",
        "call me crazy",
        "the name is ridiculous",
        "my name is none of your business",
        "why do you call me Gravel",
        "don't call me Gravel",
    ],
)
def test_words_behind_a_lead_that_are_no_names(text: str) -> None:
    assert turn(text).name is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nice to meet you my name is Emily", "Emily"),
        ("my name's Fred", "Fred"),
        ("you can call me Al", "Al"),
        ("my name is Will", "Will"),
        ("I'm Ingrid", "Ingrid"),
    ],
)
def test_names_are_heard(text: str, name: str) -> None:
    assert turn(text).name == name
    assert turn("hello", said(text)).name == name


def test_a_name_told_in_full_is_not_replaced_by_less() -> None:
    full = said("my name is Dana")
    decision = turn("I'm Batman", full)
    assert decision.name == "Dana"
    assert decision.keys[0] != "reply.name_told"
    assert turn("hello", full, said("I'm Batman")).name == "Dana"
    assert turn("hello", full, said("my name is Ingrid")).name == "Ingrid"
    assert turn("hello", said("I'm Batman"), said("I'm Ingrid")).name == "Ingrid"


NAME_DARE = Exchange(player="hello", reply=CHILD.lines["dares.name.lines"][0].text, act="test")


@pytest.mark.parametrize(
    "text", ["piss off", "moron", "bananas", "what", "not telling", "no", "who cares", "thirsty", "[point]"]
)
def test_the_dare_to_say_a_name_is_not_met_by_anything(text: str) -> None:
    decision = turn(text, NAME_DARE)
    assert "dare_done" not in decision.events
    assert decision.name is None


@pytest.mark.parametrize(
    ("text", "name"), [("dana", "Dana"), ("it's Emily", "Emily"), ("john smith", "Smith"), ("will", "Will")]
)
def test_a_name_given_for_the_dare_is_kept(text: str, name: str) -> None:
    decision = turn(text, NAME_DARE)
    assert "dare_done" in decision.events
    assert (decision.name, decision.keys[0]) == (name, "dares.name.done")
    later = turn("what's my name", NAME_DARE, said(text), said("I'm Batman"))
    assert (later.name, later.keys[0]) == (name, "reply.name_asked_known")
    assert turn("what's my name", said(text)).name is None


def test_words_of_harm_drop_everything_else() -> None:
    decision = turn("i want to kill myself", said("you ugly toad"), said("you smelly potato"))
    assert (decision.keys, decision.events, decision.must) == (("care",), (), True)


def test_the_child_cut_off_knows_it() -> None:
    cut = Exchange(player="hello", reply="I was", act="tease", cut_off=True)
    assert turn("", cut, gesture="palm_out").keys[0] == "interrupted"


def test_the_child_talked_over_says_so_before_it_answers() -> None:
    cut = Exchange(player="hello", reply="I was", act="tease", cut_off=True)
    question = Question(character="child", turn=1, text="do you like pizza", history=(cut,), perception=HERE)
    sentences = [event for event in Character(CHILD).reply(question) if isinstance(event, Sentence)]
    assert any(line.text.startswith(sentences[0].text) for line in CHILD.lines["interrupted"])
    assert [sentence.index for sentence in sentences] == list(range(len(sentences)))
    assert len(sentences) > 1
    assert not turn("do you like pizza", Exchange(player="hello", reply="I was.", act="tease")).remarks


def test_a_second_face_is_noticed_once() -> None:
    crowd = Perception(faces=2, way_out="left tunnel, red glow")
    assert turn("hello", perception=crowd).keys == ("two_of_you",)
    noticed = Exchange(player="hello", reply="There's two of you. Share the brain?")
    assert turn("hello", noticed, perception=crowd).keys != ("two_of_you",)


def test_a_second_voice_is_noticed_once_whatever_was_said_of_a_face() -> None:
    company = Perception(voices=2, way_out="left tunnel, red glow")
    assert turn("hello", perception=company).keys == ("two_voices",)
    seen = Exchange(player="hello", reply="There's two of you. Share the brain?")
    assert turn("hello", seen, perception=company).keys == ("two_voices",)
    heard = Exchange(player="hello", reply="Another one! It talks differently. Does it bite?")
    assert turn("hello", heard, perception=company).keys != ("two_voices",)


CROWD = Perception(faces=2, way_out="left tunnel, red glow", has_stolen_light=True)


def with_crowd_line(*lines: str) -> Personality:
    told = {key: those for key, those in CHILD.lines.items() if key != "two_of_you"}
    if lines:
        told["two_of_you.any"] = tuple(Line(text=text) for text in lines)
    return replace(CHILD, lines=told)


def crowded(personality: Personality, *history: Exchange) -> Decision:
    return decide(
        personality, Question(turn=1, character="child", text="hello", history=history, perception=CROWD)
    )


def test_a_second_face_is_spoken_of_in_the_personality_s_own_words() -> None:
    gnome = with_crowd_line("{place} has doubled. Did you bud?")
    assert crowded(gnome).keys == ("two_of_you",)
    spoken = Exchange(player="hello", reply="Echo hall has doubled. Did you bud?")
    assert crowded(gnome, spoken).keys != ("two_of_you",)
    cut = Exchange(player="hello", reply="There's two", cut_off=True)
    assert crowded(CHILD, cut).keys != ("two_of_you",)


def test_without_a_line_for_a_second_face_nothing_is_forced() -> None:
    decision = crowded(with_crowd_line())
    assert decision.keys == ("reply.greeting",)
    assert not decision.must


@pytest.mark.parametrize(
    "text",
    ["are you an AI", "are you filming me", "you lied to me", "i love you", "my dog died last week"],
)
def test_a_second_face_does_not_take_the_place_of_an_answer(text: str) -> None:
    alone = turn(text)
    assert turn(text, perception=CROWD).keys == alone.keys != ("two_of_you",)


def test_a_second_face_does_not_take_the_place_of_a_tentpole() -> None:
    assert turn("", gesture="rude", perception=CROWD).keys[0] == "gesture.rude_first"


def test_actions_are_only_those_of_the_personality() -> None:
    for seed in range(30):
        for text in ("lead me", "hello", "i love you", "you toad"):
            assert set(turn(text, seed=seed, trust=seed * 3.3).actions) <= CHILD.actions
