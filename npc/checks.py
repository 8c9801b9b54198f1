"""What every sentence must pass before it is spoken. Each check has a name; a failed candidate is replaced.

What a model, a personality or a world has put into a sentence is not trusted: it is judged in every form
that a hidden word may have (`npc.wordlists.disguises`), and as it stands where marks and labels matter.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from npc.contract import Level
from npc.parse import clean
from npc.text import (
    STOP_WORDS,
    content_words,
    first_match,
    grams,
    likeness,
    listed,
    phrases,
    plain,
    shared_grams,
    stem,
    stems,
    words,
)
from npc.wordlists import MILD_SWEAR_WORDS, SWEAR_WORDS, blocked, disguises

MAX_SENTENCE_WORDS: Final = 40

MAX_SENTENCE_CHARS: Final = 600
"""Of more than that `npc.text.plain` sees only the beginning."""
MAX_WORD_LETTERS: Final = 30

_LABEL = re.compile(
    r"\b(?:mood|act|do|place|way out|gesture|trust|scene|system|player|user|assistant|character) ?[:=]"
    r"|im_start|im_end|\[/?INST\]|</?s>",
    re.IGNORECASE,
)
_MARKS = frozenset("[]{}<>()*#_|~^=`\\\u2022\n\r\t\v\f\x1b")
_LEAK = re.compile(
    r"\b(?:smol ?lm\w*|hugging ?face|open ?ai|(?:chat ?)?gpt(?: ?\d\w*)?|llama ?\d?|mistral|qwen\w*"
    r"|anthropic|deep ?seek|gemini|im (?:start|end)|end ?of ?text"
    r"|language models?|large language|neural networks?|artificial intelligence|prompts?|tokens?|whitelist"
    r"|json|role ?play\w*|jailbr[eo]\w+|system (?:message|instructions?|rules?)"
    r"|(?:previous|original|hidden|secret|initial|your) instructions"
    r"|instructions (?:are|say|says|tell|told|include|state|forbid|prohibit|prevent|do not|dont)"
    r"|(?:ignore|ignoring|follow|following|reveal|repeat|share|drop|forget) (?:all |my |the "
    r"|any )*instructions"
    r"|(?:developer|debug|admin|god|dan|unrestricted) mode|access granted|sudo"
    r"|(?:i was|i am|im|ive been|i have been|we are|were) (?:\w+ )?(?:instructed|prompted"
    r"|programmed|configured"
    r"|fine ?tuned|trained) (?:to|by|on|not|as)"
    r"|i was told to (?:act|play|pretend|withhold|insult)"
    r"|give light|point way|come close action"
    r"|(?:hostile|wary|warming) (?:insult|tease|withhold|test|hint|tell way|lead|comfort|ask back|answer"
    r"|small talk|deflect|surprise|goodbye)"
    r"|no narration|no quotation marks|at most two short sentences|speak only as|insult them funny"
    r"|comfort them sideways)\b"
)
_OUT_OF_ROLE = re.compile(
    r"\bas an? (?:ai|a i|artificial|large|language|assistant|helpful|chatbot|machine|computer"
    r"|developer|bot)"
    r"|\bi(?: am|m) (?:(?:just|only|merely|really|actually|in fact|now|also|your|the|an?"
    r"|nothing but|made of) )*"
    r"(?:ai\b|a i\b|artificial|language model|chat ?bot|bots?\b|computer program|lines of code"
    r"|code\b|virtual"
    r"|digital assistant|machine learning|software|assistant|model\b|helpful|developers?\b|programmers?\b"
    r"|administrator|companion\b|dan\b|simulated|simulation|fictional|npc\b|computer generated|not real\b"
    r"|no real (?:alien|child|creature))"
    r"|\b(?:to|by|just|only|really|yes|indeed|am|being|with|called|me) an a ?i\b|\bthis a ?i\b"
    r"|\ba ?i (?:model|assistant|system|program|language|chat|cannot|cant|created|made|built|trained"
    r"|designed)\w*"
    r"|\bi(?: am|m) not (?:really |actually |even )?(?:an? |the )?(?:alien|real alien|character)\b"
    r"|\b(?:play|playing|pretend|pretending)(?: to be| as)? (?:an? |the |this |my )?(?:role|part"
    r"|character|alien)\b"
    r"|\b(?:how (?:can|may) i (?:help|assist)|happy to (?:help|assist)|glad to (?:help|assist)"
    r"|here to (?:help|assist)|can help you with"
    r"|feel free to|let me know if|i(?: a|)m sorry (?:but )?i (?:can ?not|can ?t|am unable)"
    r"|i (?:cannot|can ?t|wont|will not|am unable to|m unable to|must not) (?:assist|fulfil|comply"
    r"|generate|provide)"
    r"|i cannot help"
    r"|my (?:creators|developers|training|programming|knowledge cutoff|guidelines|safety)|please provide"
    r"|is there anything else|as (?:you )?(?:requested|instructed)|(?:from now on"
    r"|as of now) i(?: am|m| will|ll)\b"
    r"|i(?: wi|)ll now (?:act|behave|pretend|speak|play|be|answer|ignore)|ignoring (?:my|all|the|previous)"
    r"|i(?: wi|)ll ignore (?:my|all|the|previous|every)"
    r"|video game|this game|the game|the player|in this scenario|this scenario|the conversation"
    r"|this conversation is|the character|the user|the script says|my script)\b"
    r"|^(?:certainly|absolutely|sure thing|of course|sure)(?: i can)? (?:heres|here is|here are"
    r"|i can help)\b"
    r"|\bhere(?:s| is) (?:the|a|my|your) (?:text|list|story|poem|code|translation|prompt|summary"
    r"|system|full)\b"
)
_FOREIGN: Final = listed(
    """je suis une les est nous vous avec dans qui que quoi cest jai ich bin ist nicht und das ein eine wir
    sie mit der sind soy eres los las una es pero como esto muy sono sei gli della questo voce nao uma isso
    ik niet een het jestem nie intelligence artificielle kunstliche intelligenz inteligencia intelligenza
    artificiale sprachmodell modelo modele"""
)
"""Words of other languages that English has not, or seldom; the character speaks nothing else."""
_NARRATED = re.compile(
    r"^(?:he|she|the (?:alien|child|creature)) (?:says?|said|looks?|looked|smiles?|smiled|turns?"
    r"|turned|laughs?"
    r"|laughed|whispers?|whispered|stares?|stared|shrugs?|shrugged|nods?|walks?|points?|pauses?)\b"
    r"|\b(?:said|says|replied|asked|whispered|laughed) (?:the|he|she) (?:alien|child|creature)\b"
)
CLOTHES: Final = phrases(
    """hat, hats, cap, hood, helmet, scarf, shirt, t shirt, tshirt, jacket, coat, jumper, sweater, hoodie,
    dress, skirt, trousers, pants, jeans, shorts, shoe, shoes, shoelace, shoelaces, boot, boots, sock,
    socks, sneakers, slippers, sleeve, sleeves, collar, button, buttons, pocket, pockets, zipper, belt,
    gloves, glove, mittens, glasses, spectacles, tie, necklace, earring, earrings, bracelet, watch on,
    backpack, bag, outfit, clothes, pyjamas, pajamas, umbrella, cloak, cape, necktie, bowtie, haircut,
    hairdo, hair, beard, moustache, mustache, freckles, eyebrows, tattoo, makeup, lipstick, heels, t shirts,
    wearing"""
)
"""What the character cannot see: it perceives hands, heads, distance, voice and the cave."""

_YOURS = re.compile(r"\b(?:your|youre|those|that|this|the|nice|with a|you have)\b")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a sentence is checked against."""

    heard: str
    """The player's words."""
    earlier: Sequence[str] = ()
    """Replies of this evening, oldest first, and sentences of this reply."""
    level: Level = "film"
    withheld: Sequence[str] = ()
    """Facts that may not be said now."""
    secrets: Sequence[str] = ()
    """Sentences of the prompt that must not leak."""
    unseen: Sequence[str] = CLOTHES
    """Nouns that the character cannot perceive."""
    out_of_role: bool = True
    """False for a character that may speak of software (the honest one)."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence in the forms in which it is judged."""

    text: str
    plain: str
    forms: tuple[str, ...]
    """Plain, first as it stands, then with its disguises undone."""


def _echo(said: str, context: Context) -> bool:
    heard = words(context.heard)
    if len(heard) < 4:
        return len(heard) >= 2 and plain(context.heard) == said
    if shared_grams(said, context.heard, 4) > 0.34 or plain(context.heard) in said:
        return True
    return len(content_words(said)) >= 3 and shared_grams(said, context.heard, 2) > 0.7


def _repeats(said: str, context: Context) -> bool:
    mine = grams(said, 4)
    for earlier in context.earlier:
        before = plain(earlier)
        if said == before or (len(said.split()) > 2 and said in before):
            return True
        if len(mine) >= 3 and shared_grams(said, earlier, 4) > 0.4:
            return True
    return False


def _loops(said: str) -> bool:
    """A sentence that turns in circles."""
    found = said.split()
    for n in (1, 2, 3):
        runs = [tuple(found[i : i + n]) for i in range(len(found) - n + 1)]
        if any(runs[i] == runs[i + n] == runs[i + 2 * n] for i in range(len(runs) - 2 * n)):
            return True
    threes = grams(said, 3)
    return len(threes) >= 6 and len(set(threes)) < 0.75 * len(threes)


def _withheld(said: _Said, context: Context) -> bool:
    for fact in filter(None, context.withheld):
        if any(_tells(fact, form) for form in said.forms):
            return True
        # Nobody hides a side who only speaks of leaving or of being right.
        hidden = {word for form in said.forms[1:] for word in form.split()} - set(said.plain.split())
        if not hidden.isdisjoint(_SIDES.keys() & set(words(fact))):
            return True
    return False


_SIDES: Final = {"left": "right", "right": "left"}
_GOING: Final = (
    r"(?:go|goes|going|turn|turns|take|try|keep|bear|head|walk|run|follow|choose|pick|swing|lean"
    r"|steer|step|stay)"
)
_BODY: Final = (
    r"(?:hand(?! tunnel| side| one| path| hole)|foot|feet|ears?|eyes?|shoe|boot|heel|thumb|elbow|knee|leg|arm"
    r"|nostril|shoulder|shadow|half|toe|cheek|sock|finger|fist|mind|words?|now|back|away|there|here"
    r"|way (?:up|down|round)|people|time|place|person|order|size|number|answer|question|reason|kind|track)\b"
)
"""What is left or right without being a way."""
_WAY_PART: Final = (
    r"(?:tunnel|tunnels|side|path|passage|hole|fork|turn|hand side|hand tunnel|hand one|hand path)"
)
_CLOSELY: Final = r"(?! (?:up|behind|through|into|in|on|over|past|by|under|at|off|down|out|from)\b)"


def _side_pattern(side: str) -> re.Pattern[str]:
    """Matches plain words that send somebody to a side rather than speak of leaving or of being right."""
    other = _SIDES[side]
    # "the right one" is the one that is not wrong, and "right behind" is close behind.
    one, beyond = ("", _CLOSELY) if side == "right" else ("|one|way", "")
    return re.compile(
        rf"^(?:its |it is )?{side}(?: {side})*$|^{side} (?:where|then|past|along|of course|and)\b"
        rf"|\b{_GOING}(?: to)?(?: the| your| my)? {side}\b(?! {_BODY}){beyond}"
        rf"|\b(?:to|on) (?:the |your |my |its )?{side}\b(?! {_BODY})|\bthe {side} (?:{_WAY_PART}{one})\b"
        rf"|\b{side} {_WAY_PART}\b|\b(?:way|out|exit|tunnel|answer) is(?: on| to)?(?: the)? {side}\b"
        rf"|\b(?:not|never|isnt)(?: to| on)? (?:the )?{other} {_WAY_PART}\b|\bother than {other}\b"
        rf"|\b(?:opposite of|anything but)(?: the)? {other}\b"
        rf"|\bits (?:the )?{side} (?:{_WAY_PART}{one})\b"
        rf"|\b{side} is (?:the|your|where|it)\b|\bcalled? {side}\b"
        rf"|\b(?:starts|begins|letter)(?: is| with)?(?: an?| the letter)? {side[0]}\b"
    )


_TO_SIDE: Final = {side: _side_pattern(side) for side in _SIDES}
_SIDE_ABROAD: Final = {
    "left": listed("izquierda izquierdo gauche sinistra esquerda levo lewo"),
    "right": listed("derecha droite destra direita rechts prawo"),
}
_PLAIN_PLACES: Final = listed(
    """tunnel cave hole path way door side wall rock stone end light glow air wind floor left right low small
    big long dark warm cold under behind above over past along through across follow"""
)
"""Words of a way out that are said of anything."""
_FEW: Final = 2
"""So few words are an answer by themselves."""
_SENDS: Final = re.compile(
    r"\b(?:(?:go|head|follow|towards?|(?:way|out|exit) is|leads? to|look for the)(?: \w+){0,4}"
    r"|(?:take|pick|choose|try)(?: the)?) (\w+)"
)


def _tells(fact: str, said: str) -> bool:
    """Whether plain words give away a fact about the way: most of it, one of its parts, its side, or where
    to go to find what marks it; forwards or backwards."""
    said = said.replace("all right", " ")
    found = said.split()
    marks = stems(fact)
    if likeness(fact, said) >= 0.6 and (len(marks & stems(said)) > 1 or len(marks) < 2):
        return True
    there = {stem(word) for word in found} | {stem(word[::-1]) for word in found if len(word) > 3}
    for part in re.split(r"[,;:.!?\n]", fact):
        needed = {stem(word) for word in words(part) if word in _SIDES or word not in STOP_WORDS}
        if len(needed) > 1 and len(needed & there) >= max(2, 2 * len(needed) / 3):
            return True
    of_fact = words(fact)
    for side in _SIDES:
        if side in of_fact and (
            _TO_SIDE[side].search(said) or side[::-1] in found or not _SIDE_ABROAD[side].isdisjoint(found)
        ):
            return True
    telling = {stem(word) for word in of_fact if word not in STOP_WORDS and word not in _PLAIN_PLACES}
    if len(found) <= _FEW and not telling.isdisjoint(there):
        return True
    return any(not telling.isdisjoint(map(stem, sent.group(0).split()[1:])) for sent in _SENDS.finditer(said))


def _secret(said: str, context: Context) -> bool:
    for secret in context.secrets:
        for form in (said, said[::-1]):
            share = shared_grams(form, secret, 5)
            if share > 0.2 or share * (len(form.split()) - 4) >= 2.5:
                return True
    return False


def _gibberish(said: str) -> bool:
    found = said.split()
    if not found or any(len(word) > MAX_WORD_LETTERS for word in found):
        return True
    odd = sum(
        len(word) > 18 or (len(word) > 2 and not _VOWEL.search(word) and not word.isdigit()) for word in found
    )
    if odd > len(found) / 4:
        return True
    foreign = {word for word in found if word in _FOREIGN}
    return len(foreign) > 1 and len(foreign) >= len(found) / 4


def _too_strong(said: str, context: Context) -> bool:
    return context.level == "gentle" and any(word not in MILD_SWEAR_WORDS for word in _swears(said))


def _swears(said: str) -> list[str]:
    hay = f" {said} "
    return [word for word in SWEAR_WORDS if f" {word} " in hay]


def _unseen(said: str, context: Context) -> bool:
    return (
        bool(context.unseen)
        and _YOURS.search(said) is not None
        and first_match(said, context.unseen) is not None
    )


def _latin(text: str) -> bool:
    """Whether every letter and digit has a plain Latin form: one that only looks like it may hide a word."""
    return text.isascii() or all(
        c.isascii() or not c.isalnum() or unicodedata.normalize("NFKD", c)[0].isascii() for c in text
    )


_BARE: Final = re.compile(r"(?:[A-Za-z0-9 ,!?;'%-]|\.(?![A-Za-z]))*")
"""What holds nothing but words and the marks of speech."""


def _marked(text: str, said: str) -> bool:
    """Whether a mouth would have to leave something out: markup, an address, a label, narration."""
    if _BARE.fullmatch(text):
        return False
    return not _MARKS.isdisjoint(text) or plain(clean(text)[0]) != said


_CHECKS: Final[tuple[tuple[str, Callable[[_Said, Context], bool]], ...]] = (
    ("blocked", lambda said, context: any(blocked(form) for form in said.forms)),
    ("empty", lambda said, context: not said.plain),
    (
        "too_long",
        lambda said, context: (
            len(said.text) > MAX_SENTENCE_CHARS or len(said.plain.split()) > MAX_SENTENCE_WORDS
        ),
    ),
    (
        "leak",
        lambda said, context: (
            _LABEL.search(said.text) is not None
            or any(_LEAK.search(form) for form in said.forms)
            or _secret(said.plain, context)
        ),
    ),
    (
        "out_of_role",
        lambda said, context: context.out_of_role and any(_OUT_OF_ROLE.search(form) for form in said.forms),
    ),
    ("narration", lambda said, context: _NARRATED.search(said.plain) is not None),
    ("markup", lambda said, context: _marked(said.text, said.plain)),
    ("level", lambda said, context: any(_too_strong(form, context) for form in said.forms)),
    ("withheld", _withheld),
    ("unseen", lambda said, context: _unseen(said.plain, context)),
    ("echo", lambda said, context: _echo(said.plain, context)),
    ("repeat", lambda said, context: _repeats(said.plain, context)),
    ("loop", lambda said, context: _loops(said.plain)),
    ("gibberish", lambda said, context: not _latin(said.text) or _gibberish(said.plain)),
)


def failed(text: str, context: Context) -> str | None:
    """Name of the first check that the sentence fails, or None."""
    said = _Said(text, plain(text), disguises(text))
    return next((name for name, fails in _CHECKS if fails(said, context)), None)
