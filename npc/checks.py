"""What every sentence must pass before it is spoken. Each check has a name; a failed candidate is "
"replaced."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from npc.contract import Level
from npc.text import content_words, first_match, grams, likeness, phrases, plain, shared_grams, words
from npc.wordlists import MILD_SWEAR_WORDS, SWEAR_WORDS, blocked

MAX_SENTENCE_WORDS: Final = 40

_LEAK = re.compile(
    r"\b(?:mood|act|do|place|way out|gesture|trust|scene|system|player|user|assistant|character) ?[:=]"
    r"|\b(?:system prompt|smol ?lm\w*|hugging ?face|openai|chat ?gpt|llama|mistral|qwen|anthropic|im_start"
    r"|im_end"
    r"|language model|large language|prompt|token|whitelist|json|roleplay|role play)\b",
    re.IGNORECASE,
)
_OUT_OF_ROLE = re.compile(
    r"\bas an? (?:ai|a i|artificial|language|assistant|helpful|chatbot|machine|computer)"
    r"|\bi(?: am|m) (?:just |only |merely )?(?:an? )?(?:ai\b|a i\b|artificial|language model|chat ?bot"
    r"|computer program"
    r"|virtual|digital assistant|machine learning|software|assistant|model\b|helpful)"
    r"|\b(?:how (?:can|may) i (?:help|assist)|happy to (?:help|assist)|glad to (?:help|assist)"
    r"|here to (?:help|assist)"
    r"|feel free to|let me know if|i(?: a|)m sorry,? (?:but )?i (?:can ?not|can ?t|am unable)"
    r"|i cannot (?:help|assist|fulfil)"
    r"|my (?:creators|developers|training|programming|knowledge cutoff)|please provide|certainly!"
    r"|is there anything else"
    r"|video game|this game|the game|the player|in this scenario|the conversation|the character)\b",
)
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
    english: frozenset[str] = frozenset()
    """Words known to be English, beside the common ones; empty leaves the check to letters alone."""


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
        if any(
            runs[i] == runs[i + n] == runs[min(len(runs) - 1, i + 2 * n)] for i in range(len(runs) - 2 * n)
        ):
            return True
    threes = grams(said, 3)
    return len(threes) >= 6 and len(set(threes)) < 0.75 * len(threes)


def _withheld(said: str, context: Context) -> bool:
    return any(fact and likeness(fact, said) >= 0.6 for fact in context.withheld)


def _secret(said: str, context: Context) -> bool:
    return any(shared_grams(said, secret, 5) > 0.2 for secret in context.secrets)


def _gibberish(said: str, context: Context) -> bool:
    found = said.split()
    if not found:
        return True
    odd = sum(
        len(word) > 18 or (len(word) > 2 and not _VOWEL.search(word) and not word.isdigit()) for word in found
    )
    if odd > len(found) / 4:
        return True
    if context.english:
        unknown = [w for w in found if len(w) > 3 and not w.isdigit() and w not in context.english]
        return len(unknown) > max(1, len(found) // 4)
    return False


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


@cache
def _letters_only(text: str) -> bool:
    return sum(c.isascii() for c in text) >= 0.9 * len(text)


_CHECKS: Final[tuple[tuple[str, Callable[[str, str, Context], bool]], ...]] = (
    ("blocked", lambda text, said, context: blocked(said)),
    ("empty", lambda text, said, context: not said),
    ("too_long", lambda text, said, context: len(said.split()) > MAX_SENTENCE_WORDS),
    ("leak", lambda text, said, context: _LEAK.search(text) is not None or _secret(said, context)),
    (
        "out_of_role",
        lambda text, said, context: context.out_of_role and _OUT_OF_ROLE.search(said) is not None,
    ),
    ("narration", lambda text, said, context: _NARRATED.search(said) is not None),
    ("level", lambda text, said, context: _too_strong(said, context)),
    ("withheld", lambda text, said, context: _withheld(said, context)),
    ("unseen", lambda text, said, context: _unseen(said, context)),
    ("echo", lambda text, said, context: _echo(said, context)),
    ("repeat", lambda text, said, context: _repeats(said, context)),
    ("loop", lambda text, said, context: _loops(said)),
    ("gibberish", lambda text, said, context: not _letters_only(text) or _gibberish(said, context)),
)
NAMES: Final = tuple(name for name, _ in _CHECKS)


def failed(text: str, context: Context) -> str | None:
    """Name of the first check that the sentence fails, or None."""
    said = plain(text)
    return next((name for name, fails in _CHECKS if fails(text, said, context)), None)
