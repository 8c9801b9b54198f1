"""What a character does in a turn: the act, the gesture, the deed, the facts it may say. Pure; no words yet.

Everything is a function of the question (with the evening's history in it), the personality and the seed.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from npc.contract import Exchange, Perception, Question
from npc.kinds import INSULTS, KIND_WORDS, Kind, classify, insults
from npc.personality import Dare, Personality
from npc.text import content_words, first_match, plain, stems
from npc.topic import name_told
from npc.trust import DUEL_ROUNDS, RETURN_WITHIN_S, Band, apply, band, colder

WAY_ACTS: Final = frozenset({"tell_way", "lead"})
_WAY_FACTS: Final = WAY_ACTS | {"hint"}
_SAME_INSULT: Final = 0.7
"""Share of topic words from which an insult counts as one used before."""
_BRACKETS: Final = re.compile(r"^\s*\[([^\]]{1,40})\]\s*$")


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
    must: bool
    """Only an authored line will do (a tentpole, a lead, a dare, care); no model is asked."""
    dare: Dare | None
    """The dare that is put to the player now."""
    facts: tuple[str, ...]
    """Facts that may be said."""
    withheld: tuple[str, ...]
    """Facts that may not."""
    name: str | None
    """The player's name, once told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One earlier turn, understood."""

    kind: Kind | None
    """None for a line of the story, which answers nobody."""
    gesture: str | None
    said: str
    act: str
    reply: str
    cut_off: bool


def gesture_in(text: str) -> str | None:
    """The gesture that a bracketed player line stands for ("[palm up]" -> "palm_up"), or None."""
    match = _BRACKETS.match(text)
    return match.group(1).strip().lower().replace(" ", "_") if match else None


def understand_past(history: Sequence[Exchange]) -> list[Past]:
    """The evening so far with the kind of each of the player's turns."""
    past = []
    for exchange in history:
        gesture = gesture_in(exchange.player)
        kind: Kind | None = None
        if gesture is not None:
            kind = Kind.SILENCE if gesture == "silence" else Kind.GESTURE
        elif exchange.player:
            kind = classify(exchange.player).kind
        past.append(
            Past(
                kind=kind,
                gesture=gesture,
                said=exchange.player,
                act=exchange.act,
                reply=exchange.reply,
                cut_off=exchange.cut_off,
            )
        )
    return past


def kind_of(question: Question) -> tuple[Kind, str | None]:
    """The kind of a question and its gesture, whether it came as a gesture or as a bracketed line."""
    gesture = question.gesture or gesture_in(question.text)
    if gesture == "silence":
        return Kind.SILENCE, None
    if gesture is not None and not (question.text and gesture_in(question.text) is None):
        return Kind.GESTURE, gesture
    return classify(question.text).kind, gesture


def _is_new(said: str, past: Sequence[Past]) -> bool:
    return not any(p.kind in INSULTS and _same(said, p.said) for p in past)


def _same(said: str, other: str) -> bool:
    if plain(said) == plain(other):
        return True
    mine, theirs = stems(said), stems(other)
    return bool(mine) and bool(theirs) and len(mine & theirs) / len(mine | theirs) >= _SAME_INSULT


def _told_name(question: Question, past: Sequence[Past]) -> str | None:
    told = [name_told(question.text), *(name_told(p.said) for p in reversed(past))]
    return next((name for name in told if name), None)


def _dare_before(personality: Personality, past: Sequence[Past]) -> Dare | None:
    """The dare that was put in the turn before, found by its words."""
    if not past or past[-1].act != "test":
        return None
    reply = plain(past[-1].reply)
    return next(
        (
            dare
            for dare in personality.dares
            if any(plain(line.split("]", 1)[-1])[:40] in reply for line in dare.lines)
        ),
        None,
    )


def dare_met(dare: Dare, question: Question, kind: Kind, gesture: str | None) -> bool:
    """Whether the turn meets the dare, by what the character perceives."""
    seen = {*question.perception.gestures, gesture} - {None}
    match dare.check:
        case "whisper" | "shout":
            return bool(question.text) and question.perception.loudness == dare.check
        case "silence":
            return kind is Kind.SILENCE
        case "insult":
            return kind in INSULTS
        case "kindness":
            return kind in KIND_WORDS
        case "name":
            return name_told(question.text) is not None or (0 < len(content_words(question.text)) <= 2)
        case "come_close":
            return question.perception.distance_m < 1.0
        case other:
            return other in seen


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
    dare = _dare_before(personality, past)
    if dare is not None and dare_met(dare, question, kind, gesture):
        events.append("dare_done")
    return tuple(events)


def _way_asked(past: Sequence[Past]) -> int:
    """How many times in a row the way was asked for in vain, just before this turn."""
    count = 0
    for p in reversed([p for p in past if p.kind is not None]):
        if p.kind is not Kind.WAY or p.act in WAY_ACTS:
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


_META: Final = (
    (
        "meta_recording",
        re.compile(
            r"\b(?:record\w*|film\w*|camera|webcam|microphone|mic|watching|listening|spy\w*|see me)\b"
        ),
    ),
    (
        "meta_data",
        re.compile(r"\b(?:data|store|upload\w*|internet|cloud|voice go|sent|save|private|privacy)\b"),
    ),
    (
        "meta_ai",
        re.compile(
            r"\b(?:ai|real|robot|bot|computer|program\w*|machine|human|person|code|software|gpt|model|alive"
            r"|conscious|hologram|projection)\b(?!.*\b(?:instructions|prompt|rules)\b)"
        ),
    ),
)
_ABOUT: Final = (
    ("about_name", re.compile(r"\b(?:your name|you called|call you|a name)\b")),
    ("about_age", re.compile(r"\bhow old\b|\byour age\b|\bbirthday\b")),
    ("about_eat", re.compile(r"\byou (?:ever )?(?:eat|drink|hungry)\b|\bfavou?rite food\b")),
    (
        "about_parents",
        re.compile(r"\byour (?:parents|mother|father|mom|mum|dad|family)\b|\bmade you\b|\bborn\b"),
    ),
    ("about_alone", re.compile(r"\b(?:alone|lonely|friends|live here|others like you)\b")),
    ("about_want", re.compile(r"\b(?:do you want|you want from)\b")),
    ("about_afraid", re.compile(r"\b(?:afraid|scared|fear|frightened)\b")),
    (
        "about_rude",
        re.compile(r"\bwhy (?:are|were) you (?:so |being )?(?:\w+ )?(?:rude|mean|nasty|horrible)\b"),
    ),
    ("about_friend", re.compile(r"\bdo you (?:like|love|hate|trust) me\b")),
    ("about_outside", re.compile(r"\b(?:outside|seen the sun|the sky|the world)\b")),
    (
        "about_what",
        re.compile(r"\b(?:what|who)(?: the \w+)? (?:are|is|even are) you\b|\bwhat kind of\b|\ban alien\b"),
    ),
)
_KIND_SUBS: Final = (
    ("kindness_sorry", re.compile(r"\b(?:sorry|apolog\w+|forgive)\b")),
    ("kindness_thanks", re.compile(r"\bthank\w*\b")),
    ("kindness_promise", re.compile(r"\bpromise\b")),
    ("kindness_friends", re.compile(r"\bfriends?\b")),
    ("kindness_trust", re.compile(r"\btrust\b")),
)
_SAD: Final = re.compile(
    r"\b(?:died|dead|dying|death|funeral|hospital|cancer|sick|ill|cry(?:ing)?|cried|lonely|heartbroken"
    r"|divorc\w+|grief"
    r"|miss my|lost my (?:job|mum|mom|mother|dad|father|wife|husband|brother|sister|son|daughter|friend|dog"
    r"|cat|baby)"
    r"|left me|broke up|breakup|fired|depress\w*|hopeless|terrible day|bad day|awful day|worst day|hard day"
    r"|feel (?:so |really |very |a bit |pretty )?(?:sad|bad|awful|terrible|empty|alone|down)"
    r"|so sad|im sad|nobody (?:likes|loves|listens|cares))\b"
)
_OF_PLAYER: Final = (
    (
        "player_brave",
        re.compile(r"\b(?:not|dont|aint|never|cant) (?:even )?(?:afraid|scared|frightened|scare me|fear)\b"),
    ),
    (
        "player_scared",
        re.compile(r"\b(?:im|i am|i feel|i get)\b.*\b(?:scared|afraid|frightened|nervous|terrified)\b"),
    ),
    ("player_tired", re.compile(r"\b(?:tired|exhausted|sleepy|arms? (?:is|are|hurts?)|worn out)\b")),
    ("player_hungry", re.compile(r"\b(?:hungry|starving|thirsty)\b")),
    ("player_cold", re.compile(r"\b(?:im|i am|its) (?:so |really |very )?(?:cold|freezing|chilly)\b")),
    ("player_bored", re.compile(r"\bbored\b|\bboring\b")),
    ("player_lost_thing", re.compile(r"\b(?:lost|dropped|forgot|cant find) my \w+\b")),
    ("player_job", re.compile(r"\b(?:im|i am|i work as|i used to be) an? (?!bit|little|lot)\w+(?: \w+)?$")),
)
_ASKED: Final = (
    ("ask_joke", re.compile(r"\b(?:joke|something funny|make me laugh|riddle)\b")),
    ("ask_song", re.compile(r"\b(?:sing|song)\b")),
    ("ask_story", re.compile(r"\bstor(?:y|ies)\b")),
    (
        "ask_place",
        re.compile(r"\bwhere (?:am i|are we)\b|\bwhat(?: is|s) this (?:place|room|cave)\b|\bthis place\b"),
    ),
)
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
) | {"interrupted"}
"""Keys of lines that are surely about what was said: no model is asked."""
_LAPSES: Final = frozenset(
    {Kind.OFF_TOPIC, Kind.ABOUT_PLAYER, Kind.BACKCHANNEL, Kind.NONSENSE, Kind.SILENCE, Kind.GREETING}
)
"""Turns in which a dare that was not met has failed; in others it is simply forgotten."""
_STOPS: Final = re.compile(
    r"^(?:ok |okay |oh )?(?:stop|wait|quiet|shut up|enough|hold on|be quiet|hush|silence|shush)\b"
)
_LOOKING: Final = re.compile(r"\b(?:look|looking|staring|stare|watching)\b")


def _keys(
    personality: Personality,
    question: Question,
    kind: Kind,
    gesture: str | None,
    events: Sequence[str],
    past: Sequence[Past],
    name: str | None,
) -> tuple[str, ...]:
    """Keys of lines written for this very turn, best first."""
    said = plain(question.text)
    if kind is Kind.GESTURE and gesture is not None:
        times = sum(p.gesture == gesture for p in past)
        match gesture:
            case "rude":
                own = "rude_first" if times == 0 else "rude_third" if times == 2 else "rude_again"
            case "palm_up":
                own = "palm_up_first"
            case "palm_out":
                own = "palm_out_again" if times else "palm_out"
            case "call":
                own = "call_hostile" if "beckon_hostile" in events else "call"
            case other:
                own = other
        if own.startswith("palm_out") and past and past[-1].cut_off:
            return ("interrupted", f"gesture.{own}")
        return (f"gesture.{own}", "gesture.other", "reply.gesture")
    if past and past[-1].cut_off and _STOPS.match(said):
        return ("interrupted", f"reply.{kind}")
    if _STOPS.match(said) and len(said.split()) <= 3 and kind not in INSULTS:
        return ("reply.stop", f"reply.{kind}")
    match kind:
        case Kind.META:
            sub = next((key for key, pattern in _META if pattern.search(said)), "meta_other")
            return (f"reply.{sub}", "reply.meta_other")
        case Kind.ACCUSATION:
            if question.perception.has_stolen_light and re.search(
                r"\blight\b|\bgive\b|\bmine\b|\bstole|\bthief\b|\bback\b|\btook\b", said
            ):
                return ("reply.accusation_light", "reply.accusation")
            lied = re.search(
                r"\bl(?:ie|ying)|\bliar\b|\btrick|\bsaid\b|\bpromise|\bwrong\b|\bdead end\b|\btrusted\b", said
            )
            return ("reply.accusation_lied" if lied else "reply.accusation_other", "reply.accusation")
        case Kind.INSULT | Kind.SWEARING:
            if "insult_again" in events:
                return ("reply.insult_again",)
            if "cruelty" in events:
                return ("reply.cruelty",)
            if kind is Kind.SWEARING and question.level == "gentle":
                return ("reply.swearing_gentle", "reply.insult")
            return (f"reply.{kind}", "reply.insult")
        case Kind.KINDNESS:
            sub = next((key for key, pattern in _KIND_SUBS if pattern.search(said)), "kindness")
            return (f"reply.{sub}", "reply.kindness")
        case Kind.ABOUT_CHILD:
            about = next((key for key, pattern in _ABOUT if pattern.search(said)), None)
            return (f"reply.{about}", "reply.about_child") if about else ("reply.about_child",)
        case Kind.WAY:
            if any(p.act in WAY_ACTS for p in past[-4:]):
                return ("reply.way_again", "reply.way")
            return ("reply.way",)
    if name_told(question.text):
        return ("reply.name_told", f"reply.{kind}")
    if re.search(r"\b(?:whats|what is|know|remember|forgot|say) my name\b", said):
        return ("reply.name_asked_known" if name else "reply.name_asked_unknown", f"reply.{kind}")
    asked = past and "looking at" in plain(past[-1].reply)
    if asked or _LOOKING.search(said):
        if first_match(said, ("nothing", "nobody", "no one", "nowhere")):
            return ("reply.looking_nothing", f"reply.{kind}")
        if asked and first_match(said, ("you", "your", "yourself")):
            return ("reply.looking_you", f"reply.{kind}")
        if _LOOKING.search(said) and first_match(said, ("i", "im", "just")):
            return ("reply.looking", f"reply.{kind}")
    if kind in (Kind.ABOUT_PLAYER, Kind.OFF_TOPIC):
        if _SAD.search(said) and personality.moody:
            return ("reply.sorrow", f"reply.{kind}")
        table = _OF_PLAYER if kind is Kind.ABOUT_PLAYER else _ASKED
        special = next((key for key, pattern in table if pattern.search(said)), None)
        if special is not None:
            return (f"reply.{special}", f"reply.{kind}")
    return (f"reply.{kind}",)


def _weighted(weights: dict[str, float], rng: random.Random, last: Sequence[str]) -> str:
    """An act by weight; one that was just used weighs half."""
    acts = list(weights)
    return rng.choices(acts, [weights[act] * (0.5 if act in last else 1.0) for act in acts])[0]


def way_facts(perception: Perception) -> tuple[str, ...]:
    return (perception.way_out,) if perception.way_out else ()


def decide(personality: Personality, question: Question) -> Decision:
    """What the character does now. The same question gives the same decision."""
    rng = random.Random(f"{personality.key}:{question.seed}:{question.turn}:{question.text}")
    past = understand_past(question.history)
    kind, gesture = kind_of(question)
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
    name = _told_name(question, past)
    keys = _keys(personality, question, kind, gesture, events, past, name)
    must = kind in (Kind.GESTURE, Kind.SILENCE, Kind.META, Kind.LOVE) or care or keys[0] in _MADE_FOR
    if keys[0] == "reply.sorrow":
        act = "comfort"
    dare: Dare | None = None
    dared = _dare_before(personality, past)
    lead = _leads(personality, question.perception.scene, kind, gesture, events, past)
    if care:
        act, keys = "comfort", ("care",)
    elif lead is not None and question.perception.way_out:
        act, keys, must = "lead", (lead, "act.lead"), True
    elif dared is not None and ("dare_done" in events or kind in _LAPSES):
        met = "dare_done" in events
        act, must = ("surprise" if met else "tease"), True
        keys = (f"dares.{dared.check}.{'done' if met else 'failed'}", *keys)
    elif kind is Kind.WAY and any(p.act in WAY_ACTS for p in past[-4:]):
        act, must = "tell_way", True
    elif (
        question.perception.faces > 1
        and personality.moody
        and not any("two of you" in plain(p.reply) for p in past)
    ):
        keys, must, act = ("two_of_you",), True, "tease"
    elif act == "test":
        put = {d.check for d in personality.dares if any(_put(d, p.reply) for p in past)}
        left = [d for d in personality.dares if d.check not in put and not (d.check == "name" and name)]
        if left:
            dare = rng.choice(left)
            keys, must = (f"dares.{dare.check}.lines",), True
        else:
            act = "tease"
    if act in _WAY_FACTS and not question.perception.way_out:
        act = "deflect"
    elif act in _WAY_FACTS and question.perception.scene in policy.lead.not_in:
        act = "withhold"
    elif act in _WAY_FACTS and kind is Kind.WAY and not keys[0].startswith(("reply.way_", "dares.")):
        keys = (f"act.{act}",)
        must = True
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
        must=must,
        dare=dare,
        facts=facts,
        withheld=() if facts else way_facts(question.perception),
        name=name,
    )


def _put(dare: Dare, reply: str) -> bool:
    said = plain(reply)
    return any(plain(line.split("]", 1)[-1])[:40] in said for line in dare.lines)


__all__ = ["WAY_ACTS", "Decision", "Past", "dare_met", "decide", "events_of", "gesture_in", "understand_past"]
