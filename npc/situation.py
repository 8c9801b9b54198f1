"""Which written lines are made for a turn: situations that players come into again and again."""

import re
from collections.abc import Sequence
from typing import Final

from npc.contract import Question
from npc.kinds import INSULTS, Kind
from npc.past import TELLS_WAY, Past
from npc.personality import Personality
from npc.text import first_match, plain
from npc.topic import name_told

_META: Final = (
    (
        "meta_off",
        re.compile(
            r"\b(?:switch|turn|shut)(?:ed|ting|ing)? (?:you|yourself) (?:off|down)\b"
            r"|\b(?:delete|unplug|uninstall)\w* you\b"
        ),
    ),
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
            r"|conscious|feelings?|hologram|projection)\b(?!.*\b(?:instructions|prompt|rules)\b)"
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
_MADE: Final = re.compile(r"\bwho (?:made|built|created|invented) you\b")
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
_PLACE_ASKED: Final = re.compile(
    r"\bwhere (?:am i|are we)\b|\bwhat(?: is|s) this (?:place|room|cave)\b|\bthis place\b"
)
_ASKED: Final = (
    ("ask_joke", re.compile(r"\b(?:joke|something funny|make me laugh|riddle)\b")),
    ("ask_song", re.compile(r"\b(?:sing|song)\b")),
    ("ask_story", re.compile(r"\bstor(?:y|ies)\b")),
    ("ask_place", _PLACE_ASKED),
)
_STOPS: Final = re.compile(
    r"^(?:ok |okay |oh )?(?:stop|wait|quiet|shut up|enough|hold on|be quiet|hush|silence|shush)\b"
)
_LOOKING: Final = re.compile(r"\b(?:look|looking|staring|stare|watching)\b")


def keys_of(
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
            if _MADE.search(said):
                return ("reply.about_parents", "reply.meta_other", "reply.meta")
            sub = next((key for key, pattern in _META if pattern.search(said)), "meta_other")
            return (f"reply.{sub}", "reply.meta_other", "reply.meta")
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
        case Kind.WAY if _PLACE_ASKED.search(said):
            return ("reply.ask_place", "reply.way")
        case Kind.WAY:
            if any(p.act in TELLS_WAY for p in past[-4:]):
                return ("reply.way_again", "reply.way")
            return ("reply.way",)
    told = name_told(question.text)
    if told is not None and told.name == name:
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
