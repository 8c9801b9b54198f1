"""What a character does in a turn: the act, the gesture, the deed, the facts it may say. Pure; no words yet.

Everything is a function of the question (with the evening's history in it), the personality and the seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from npc.contract import Perception, Question
from npc.dares import dare_before, dare_met, told_name, was_put
from npc.kinds import INSULTS, KIND_WORDS, Kind, insults
from npc.past import SPEAKS_OF_WAY, TELLS_WAY, Past, begins, holds, kind_of, understand_past
from npc.personality import Personality
from npc.promises import kept
from npc.situation import keys_of
from npc.text import first_match, plain, stems
from npc.trust import DUEL_ROUNDS, RETURN_WITHIN_S, Band, apply, band, colder

_FACES: Final = "two_of_you"
_VOICES: Final = "two_voices"
"""Keys of what it says of a second face, and of a second voice."""
_NOT_PUT_OFF: Final = frozenset({Kind.META, Kind.ACCUSATION, Kind.LOVE})
"""Turns whose answer is not given up for a remark about a second face."""
_SAME_INSULT: Final = 0.7
"""Share of topic words from which an insult counts as one used before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    kind: Kind
    act: str
    mood: Band
    gesture: str | None
    """What the body does at once."""
    actions: tuple[str, ...]
    events: tuple[str, ...]
    trust: float
    """After the events."""
    keys: tuple[str, ...]
    """Keys of authored lines made for this very turn, best first; empty when none is."""
    made: bool
    """The lines of the first key are surely about what was said: of the written ones they come first."""
    must: bool
    """Only they will do (a tentpole, a lead, a dare, care); no model is asked."""
    facts: tuple[str, ...]
    """Facts that may be said."""
    withheld: tuple[str, ...]
    """Facts that may not."""
    name: str | None
    """The player's name, once told."""
    say: tuple[str, ...] = ()
    """Words that the reply must hold: it was asked for them."""
    remarks: bool = False
    """It was cut off and says so, before it answers."""


def _is_new(said: str, past: Sequence[Past]) -> bool:
    return not any(p.kind in INSULTS and _same(said, p.said) for p in past)


def _same(said: str, other: str) -> bool:
    if plain(said) == plain(other):
        return True
    mine, theirs = stems(said), stems(other)
    return bool(mine) and bool(theirs) and len(mine & theirs) / len(mine | theirs) >= _SAME_INSULT


def _crowd(personality: Personality, question: Question, past: Sequence[Past]) -> str | None:
    """The key of what it says of company: of a second face, or of a second voice. Each once an evening."""
    if question.perception.faces > 1 and _unsaid(personality, _FACES, past):
        return _FACES
    if question.perception.voices > 1 and _unsaid(personality, _VOICES, past):
        return _VOICES
    return None


def _unsaid(personality: Personality, key: str, past: Sequence[Past]) -> bool:
    """Whether it has a line of this key, and has not said one yet."""
    lines = [
        line.text
        for one, those in personality.lines.items()
        if one == key or one.startswith(f"{key}.")
        for line in those
    ]
    return bool(lines) and not any(
        holds(p.reply, line) or (p.cut_off and begins(p.reply, line)) for p in past for line in lines
    )


def _duel(question: Question, past: Sequence[Past], rival: str) -> list[str]:
    """Events of an insult: a repeated one costs; a new one, given back in time, is worth trust."""
    if not _is_new(question.text, past):
        return ["insult_again"]
    thrown = [p for i, p in enumerate(past) if p.kind in INSULTS and _is_new(p.said, past[:i])]
    events = []
    in_time = question.since_insult_s is not None and question.since_insult_s <= RETURN_WITHIN_S
    if in_time and len(thrown) < DUEL_ROUNDS:
        events.append("insult_returned")
        if stems(question.text) & stems(rival):
            events.append("insult_takes_word")
    if len(thrown) + 1 == DUEL_ROUNDS:
        events.append("insult_third")
    return events


def events_of(
    personality: Personality, question: Question, kind: Kind, gesture: str | None, past: Sequence[Past]
) -> tuple[str, ...]:
    """Rows of the trust table that this turn fills, in order."""
    events: list[str] = []
    mood = band(question.trust)
    before = [p.gesture for p in past]
    if kind in INSULTS:
        confided = (
            mood in ("warming", "friend")
            and bool(past)
            and past[-1].kind in (Kind.ABOUT_CHILD, Kind.KINDNESS, Kind.LOVE)
            and past[-1].act in ("answer", "comfort", "surprise")
        )
        if confided and kind is Kind.INSULT and insults(question.text):
            events.append("cruelty")
        else:
            events += _duel(question, past, past[-1].reply if past else "")
    elif kind in KIND_WORDS and sum(p.kind in KIND_WORDS for p in past) < 3:
        events.append("kind_word")
    if kind is not Kind.DESPAIR and first_match(question.text, personality.names):
        called = any(first_match(p.said, personality.names) for p in past)  # worth something once an evening
        if not called and kind not in INSULTS:
            events.append("name_used")
    match gesture:
        case "rude":
            if "rude" not in before:
                events.append("rude_first")
            elif before.count("rude") == 2:
                events.append("rude_third")
        case "palm_up":
            if before.count("palm_up") < 3:
                events.append("palm_up")
        case "palm_out":
            if before.count("palm_out") >= 1:
                events.append("palm_out_again")
        case "call":
            if mood == "hostile":
                events.append("beckon_hostile")
    if kept(kind, question.perception.loudness, past) is not None:
        events.append("promise_kept")
    dare = dare_before(personality, past)
    if dare is not None and dare_met(dare, question, kind, gesture):
        events.append("dare_done")
    return tuple(events)


def _way_asked(past: Sequence[Past]) -> int:
    """How many times in a row the way was asked for in vain, just before this turn."""
    count = 0
    for p in reversed([p for p in past if p.kind is not None]):
        if p.kind is not Kind.WAY or p.act in TELLS_WAY:
            break
        count += 1
    return count


def _leads(
    personality: Personality,
    scene: str,
    kind: Kind,
    gesture: str | None,
    events: Sequence[str],
    past: Sequence[Past],
) -> str | None:
    """Key of the lines with which it gives in and leads now, or None."""
    rule = personality.policy.lead
    if scene in rule.not_in or any(p.act == "lead" for p in past[-3:]):
        return None
    if kind in INSULTS and rule.insults and "insult_again" not in events and "cruelty" not in events:
        thrown = 1 + sum(p.kind in INSULTS and _is_new(p.said, past[:i]) for i, p in enumerate(past))
        if thrown >= rule.insults and thrown % rule.insults == 0:
            return "reply.insult_third"
    if kind in KIND_WORDS and rule.kind_words:
        kind_turns = 1 + sum(p.kind in KIND_WORDS for p in past)
        if kind_turns >= rule.kind_words and kind_turns % rule.kind_words == 0:
            return "reply.kindness_lead"
    if gesture == "palm_up" and rule.palms and 1 + sum(p.gesture == "palm_up" for p in past) >= rule.palms:
        return "gesture.palm_up_lead"
    if kind is Kind.WAY and rule.way_asked and _way_asked(past) + 1 >= rule.way_asked:
        return "reply.way_lead"
    return None


_MADE_FOR: Final = frozenset(
    f"reply.{name}"
    for name in (
        "name_told",
        "name_asked_known",
        "name_asked_unknown",
        "looking",
        "looking_nothing",
        "looking_you",
        "sorrow",
        "insult_again",
        "cruelty",
        "accusation_light",
        "accusation_lied",
        "player_brave",
    )
)
"""Keys of lines that are surely about what was said."""
_TENTPOLES: Final = frozenset(
    {
        "gesture.rude_first",
        "gesture.rude_third",
        "gesture.palm_up_first",
        "reply.love",
        "reply.meta_ai",
        "reply.meta_recording",
        "reply.accusation_lied",
        "reply.cruelty",
    }
)
"""Keys of lines that every evening must have: written words say them the first time."""


def _is_tentpole(keys: Sequence[str], kind: Kind, gesture: str | None, past: Sequence[Past]) -> bool:
    """Whether this is the first time this evening that the player brings about what a tentpole is for."""
    if not keys or keys[0] not in _TENTPOLES:
        return False
    if kind is Kind.GESTURE:
        return keys[0] == "gesture.rude_third" or not any(p.gesture == gesture for p in past)
    return keys[0] == "reply.cruelty" or not any(p.kind is kind for p in past)


_LAPSES: Final = frozenset(
    {Kind.OFF_TOPIC, Kind.ABOUT_PLAYER, Kind.BACKCHANNEL, Kind.NONSENSE, Kind.SILENCE, Kind.GREETING}
)
"""Turns in which a dare that was not met has failed; in others it is simply forgotten."""


_REMARKED: Final = 0.3
"""How often it speaks of being cut off when that has just happened before."""


def _weighted(weights: dict[str, float], rng: random.Random, last: Sequence[str]) -> str:
    """An act by weight; one that was just used weighs half."""
    acts = list(weights)
    return rng.choices(acts, [weights[act] * (0.5 if act in last else 1.0) for act in acts])[0]


MAX_WAY_CHARS: Final = 120
"""A way out is a few words; what is longer is something else."""


def way_facts(perception: Perception) -> tuple[str, ...]:
    way = " ".join(perception.way_out.split())[:MAX_WAY_CHARS]
    return (way,) if way else ()


def decide(personality: Personality, question: Question) -> Decision:
    """What the character does now. The same question gives the same decision."""
    rng = random.Random(f"{personality.key}:{question.seed}:{question.turn}:{question.text}")
    votes = personality.dialogue.votes
    past = understand_past(question.history, votes)
    kind, gesture = kind_of(question, votes)
    policy = personality.policy
    care = kind is Kind.DESPAIR
    events = () if care or not personality.moody else events_of(personality, question, kind, gesture, past)
    trust = apply(question.trust, events)
    mood: Band = band(trust)
    if "cruelty" in events or "insult_again" in events:
        mood = colder(mood)
    by_mood = policy.acts_by_kind.get(kind, policy.acts_by_kind["off_topic"])
    weights = dict(by_mood.get(mood) or by_mood.get("any") or next(iter(by_mood.values())))
    act = _weighted(weights, rng, [p.act for p in past[-2:]])
    name = told_name(personality, question, kind, past)
    keys = keys_of(personality, question, kind, gesture, events, past, name)
    must = care or keys[0] == "interrupted" or _is_tentpole(keys, kind, gesture, past)
    made = must or kind in (Kind.GESTURE, Kind.SILENCE, Kind.META, Kind.LOVE) or keys[0] in _MADE_FOR
    if keys[0] == "reply.sorrow":
        act = "comfort"
    dared = dare_before(personality, past)
    lead = _leads(personality, question.perception.scene, kind, gesture, events, past)
    if care:
        act, keys = "comfort", ("care",)
    elif lead is not None and question.perception.way_out:
        act, keys, must = "lead", (lead, "act.lead"), True
    elif dared is not None and ("dare_done" in events or kind in _LAPSES):
        met = "dare_done" in events
        act, must = ("surprise" if met else "tease"), True
        keys = (f"dares.{dared.check}.{'done' if met else 'failed'}", *keys)
    elif kind is Kind.WAY and any(p.act in TELLS_WAY for p in past[-4:]):
        act, made = "tell_way", True
    elif (
        not must
        and kind not in _NOT_PUT_OFF
        and keys[0] not in _MADE_FOR
        and (company := _crowd(personality, question, past)) is not None
    ):
        keys, must, act = (company,), True, "tease"
    elif act == "test":
        put = {d.check for d in personality.dares if any(was_put(d, p.reply) for p in past)}
        left = [d for d in personality.dares if d.check not in put and not (d.check == "name" and name)]
        if left:
            dare = rng.choice(left)
            keys, must = (f"dares.{dare.check}.lines",), True
        else:
            act = "tease"
    if act in SPEAKS_OF_WAY and not question.perception.way_out:
        act = "deflect"
    elif act in SPEAKS_OF_WAY and question.perception.scene in policy.lead.not_in:
        act = "withhold"
    elif act in SPEAKS_OF_WAY and kind is Kind.WAY and not keys[0].startswith(("reply.way_", "dares.")):
        keys = (f"act.{act}",)
        made = True
    rule = policy.acts.get(act)
    reactions = policy.reactions.get(kind) or (rule.gestures if rule else ())
    if lead is not None and act == "lead":
        reactions = rule.gestures if rule else reactions
    facts = way_facts(question.perception) if rule is not None and "way_out" in rule.facts else ()
    actions = rule.actions if rule is not None else ()
    if "rude_third" in events or (kind is Kind.LOVE and "hide" in personality.actions):
        actions = ("hide",)
    if gesture == "palm_up" and act != "lead" and "come_close" in personality.actions:
        actions = ("come_close",)
    return Decision(
        kind=kind,
        act=act,
        mood=mood,
        gesture=rng.choice(reactions) if reactions else None,
        actions=tuple(a for a in actions if a in personality.actions and a != "none"),
        events=events,
        trust=trust,
        keys=keys,
        made=made or must,
        must=must,
        facts=facts,
        withheld=() if facts else way_facts(question.perception),
        name=name,
        remarks=_remarks(kind, keys, past, rng),
        say=(name,) if name is not None and keys[0] == "reply.name_asked_known" else (),
    )


def _remarks(kind: Kind, keys: Sequence[str], past: Sequence[Past], rng: random.Random) -> bool:
    """Whether it says that it was cut off: not each time, and not where the whole reply says so."""
    if not past or not past[-1].cut_off or keys[0] in ("interrupted", "care") or kind is Kind.DESPAIR:
        return False
    before = past[-4:-1]
    return not any(p.cut_off for p in before) or rng.random() < _REMARKED
