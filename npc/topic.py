"""The thing that a saying is about: the word a joke can be made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from npc.kinds import insults, swears
from npc.text import STOP_WORDS, content_words, listed, words
from npc.word_fields import fields_of
from npc.wordlists import INSULT_WORDS, SWEAR_WORDS, blocked

_DETERMINERS: Final = listed("""a an the my your our his her their this that these those some any another""")
_NOT_THINGS: Final = listed(
    """rude mean silly tiny huge giant little enormous name names called glowing engaged terrible awful proper
    warm cool wet dry soft red green blue yellow black white pink purple brown grey orange golden dead alive
    sore rich poor clean dirty fresh sweet true false empty full heavy light bright same whoever somehow
    anyway besides except between among against during through across behind near above below horrible able
    afraid ago alone already always angry anymore anything away back bad beautiful believe best better big
    bored bought bring broke broken brought busy buy call calling came care cold come crazy cute dark
    difficult disappointed early easy eat eating else enough everybody everyone everything excited exactly
    face favorite favourite feel feeling fell felt few fine first five found four free fun funny gave glad
    gone good great guess guy had hand happened happy hard hate hated hear heard help here hold hope hot
    hungry hurt hurts important interesting keep kind knew last late later learn leave left long look looked
    looking looks lose lost loud love loved lovely mad married met mind miss missed moment move moved myself
    nearly never new next nice nobody normal nothing old once open own play played playing please possible
    pretty probably quick quiet ready real remember ride round run running sad said sat saw says scared
    second seen serious short sick since sing single sit sleep slept slow small smart somebody someone
    sometimes somewhere soon sorry speak start started stay stop strange strong supposed sure talk talked
    talking tall ten thin third thinking thought three tired today together told tomorrow tonight took touch
    tried try trying turn turned twenty two under understand until used usually wait waiting wake walk
    walking wall watch watched wear weird went whole wish without woke won wonder work worked working works
    worried worse worst write wrong wrote yesterday yelled young six seven eight nine hundred thousand
    minutes minute hours hour days day week weeks year years time times morning evening night way ways lot
    lots bit half part kinds sorts type well who even every each many both less least such okay hello
    goodbye yes whatever actually basically literally seriously honestly totally quite almost just only
    rather really very much too ever again still yet now then there where"""
)
_MEASURES: Final = listed(
    """day days time times way ways week weeks year years hour hours minute minutes morning evening night lot
    lots bit half part sort type moment everything something anything"""
)
"""They close what a determiner opened without being a thing to joke about: "a terrible day"."""
_HANDLES: Final = listed(
    """like likes love hate play plays had have has eat ate eating drink drank
    want wanted need bought buy sell
    make made about from in with of for some any called see saw hear heard are is no more by into"""
)
"""Words before a thing that has no determiner."""
_PLURALS: Final = listed("teeth feet people children men women mice police geese oxen")
_ENDS_LIKE_NO_THING: Final = (
    "ly",
    "ing",
    "ed",
    "ful",
    "ous",
    "ish",
    "able",
    "ible",
    "est",
    "ive",
    "less",
    "ic",
)
_THINGS_WITH_SUCH_ENDS: Final = listed(
    """bed shed sled seed king ring thing string wing building wedding evening painting swing spring ceiling
    table cable vegetable forest nest chest guest test west fly jelly belly family lily butterfly bully
    assembly dish fish wish radish kingdom detective olive hive dive housing parking meeting pudding
    stocking weed reed feed speed breed duckling earring clothing lightning music magic picnic traffic
    plastic garlic attic clinic mechanic"""
)
_SINGULAR_S: Final = ("ss", "us", "is", "os")
_CALL_ME: Final = ("call", "me")
_NAME_LEAD: Final = (
    ("my", "name", "is"),
    ("my", "names"),
    ("the", "name", "is"),
    ("the", "names"),
    ("i", "am", "called"),
    ("im", "called"),
    _CALL_ME,
)
_REFUSING: Final = listed("dont not never didnt wont stop why what who when no nobody")
_NOT_CALLED: Final = re.compile(
    r"\b(?:dont|not|never|didnt|wont|stop|why|did)(?: \w+){0,3}$|(?<!can )(?<!may )\byou$"
)
"""Before "call me" they ask about a name or refuse it: "why do you call me", "you call me"."""
_STATES: Final = listed(
    """stuck vegan vegetarian awake asleep home done finished sober high stoned hungover engaged divorced
    unemployed jobless homeless fine okay blind deaf mute bald blonde human male female straight gay bisexual
    pregnant innocent guilty famished full stuffed sweaty shaky itchy moody needy picky lucky unlucky hangry
    cranky nosy chatty tipsy queasy jumpy edgy nerdy messy muddy skinny chubby hairy wobbly drowsy groggy
    grouchy thrilled calm chill cross numb blank toast beat spent gutted knackered shattered pumped sorted set
    game gone outside inside indoors outdoors downstairs online offline abroad barefoot tall short overweight
    underweight content mistaken forgotten stranded trapped frozen shook shaken torn beaten bitten drawn
    sworn taken ridiculous rubbish fake secret private none pass skip forget dunno whatever cares later
    wounded bleeding sad blue down unwell poorly feverish claustrophobic diabetic allergic autistic
    american british english german french italian dutch russian canadian mexican indian european african
    asian australian austrian brazilian chinese japanese korean portuguese swiss ukrainian greek norwegian
    jewish muslim catholic atheist buddhist hindu adult grown retired sane insane nuts bonkers crackers
    dada daddy mummy baby sir madam master boss joking kidding lying listening curious nervous jealous
    present absent correct impressed confused mhm uhhuh yup nah aha huh wow alright meh haha lol"""
)
"""How somebody is, which "I'm" is followed by far oftener than by a name."""
_ALSO_NAMES: Final = listed("will may hope guy rich")
"""Names that are words besides; believed where nothing follows them."""
_OTHER_WORDS: Final = ("ous", "able", "ible", "ful", "less")
"""Ends of words that are no names."""
_SURELY_NO_NAME: Final = frozenset({"praise", "scorn", "feeling"})
"""Fields of meaning from which no name is taken, even where it is told in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    word: str
    plural: bool
    sure: bool
    """A determiner stood before it, so it surely names a thing."""


def _thing(word: str) -> bool:
    if len(word) < 3 or word.isdigit() or word in STOP_WORDS or word in _NOT_THINGS:
        return False
    if word in SWEAR_WORDS or word in INSULT_WORDS or blocked(word):
        return False
    return word in _THINGS_WITH_SUCH_ENDS or not word.endswith(_ENDS_LIKE_NO_THING)


def topic(text: str) -> Topic | None:
    """The thing spoken of, or None: the first behind "a", "my" and their like; else the first that is done
    something with ("had pasta", "from Norway")."""
    found = words(text)
    for i, word in enumerate(found):
        if word in _DETERMINERS:
            head = _head(found[i + 1 : i + 5])
            if head is not None:
                return Topic(word=head, plural=_plural(head), sure=True)
    for before, word in pairwise(found):
        if before in _HANDLES and _thing(word):
            return Topic(word=word, plural=_plural(word), sure=False)
    if 1 <= len(found) <= 2 and _thing(found[-1]):
        return Topic(word=found[-1], plural=_plural(found[-1]), sure=False)
    return None


def _head(following: Sequence[str]) -> str | None:
    """The thing that the words behind a determiner name: the last of their run that may be one."""
    head: str | None = None
    for word in following:
        if word in STOP_WORDS or word in _DETERMINERS:
            break
        if word in _MEASURES:
            return None
        if head is not None and word.endswith("s") and not head.endswith("s"):
            break  # "my cat sleeps": what it does, not what it is
        if _thing(word):
            head = word
    return head


def _plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith(_SINGULAR_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The player's name as a saying gives it."""

    name: str
    """Capitalised."""
    in_full: bool
    """Told as a name ("my name is Dana"), not only as "I'm Dana", which may be something else."""


def name_told(text: str) -> Name | None:
    """The player's name when the saying gives it, or None."""
    found = words(text)
    for lead in _NAME_LEAD:
        for i in range(len(found) - len(lead)):
            at = i + len(lead)
            if tuple(found[i:at]) != lead or (lead is _CALL_ME and _NOT_CALLED.search(" ".join(found[:i]))):
                continue
            if _name_in_full(found[at], last=at == len(found) - 1):
                return Name(name=found[at].capitalize(), in_full=True)
    if len(found) == 2 and found[0] == "im" and _thing(found[1]) and _nothing_but_a_name(found[1]):
        return Name(name=found[1].capitalize(), in_full=False)
    return None


def name_answered(text: str) -> str | None:
    """The name in a short answer to "say your name" ("it's Dana", "Dana Scott"): the last word that carries
    a topic, capitalised; None where it is none, or the answer is rude."""
    said = words(text)
    if len(said) == 1 and said[0] in _ALSO_NAMES:
        return said[0].capitalize()
    found = content_words(text)
    if not 1 <= len(found) <= 2 or swears(text) or insults(text) or not _REFUSING.isdisjoint(said):
        return None
    return found[-1].capitalize() if _nothing_but_a_name(found[-1]) else None


def _name_in_full(word: str, *, last: bool) -> bool:
    if last and word in _ALSO_NAMES:
        return True
    return _could_be_name(word) and not _SURELY_NO_NAME.intersection(fields_of(word))


def _nothing_but_a_name(word: str) -> bool:
    """Whether a word that may be a name is nothing else: of no field of meaning, alone or as several."""
    return _could_be_name(word) and not fields_of(word) and not fields_of(word.removesuffix("s"))


def _could_be_name(word: str) -> bool:
    if not 2 <= len(word) <= 16 or not word.isalpha() or blocked(word):
        return False
    if word in STOP_WORDS or word in _NOT_THINGS or word in _STATES or word in _DETERMINERS:
        return False
    if word in SWEAR_WORDS or word in INSULT_WORDS:
        return False
    return not word.endswith(_OTHER_WORDS) and not (word.endswith("ing") and len(word) > 5)
