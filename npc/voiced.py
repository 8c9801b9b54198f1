"""A small model that has learned the character's voice: several candidates, and the one that fits.

Such a model speaks well and thinks little. So it is told what to do, writes a few candidates side by side,
and the one is spoken that passes the checks and owes most to what the player said: how much likelier its
telling words are here than they would be after silence (mutual information, Li et al. 2016).
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from npc.authored import Candidate
from npc.backends.base import BackendError, Prompt, Sampling, Token, VoicedBackend
from npc.checks import Context, failed
from npc.contract import Question, Sentence
from npc.kinds import Kind
from npc.parse import Piece, pieces
from npc.personality import Personality
from npc.policy import Decision
from npc.pump import TooSlow
from npc.race import Race
from npc.script import NOTHING_SAID, voiced_prompt
from npc.text import stems, words

REMEMBERED: Final = 2
"""Exchanges of the evening that the model is told."""
GATHER_S: Final = 0.80
"""So long after the question all candidates together may take; then one of those there are is chosen."""
WEIGH_S: Final = 1.15
"""So long after the question the weighing may take."""
REST_S: Final = 3.0
"""Time that the rest of a reply may take."""
MUTUAL: Final = 0.7
"""How much what would be said to anybody counts against a candidate."""
TELLING: Final = 3
"""Words of a candidate that are weighed."""
COPIED: Final = 0.5
"""Share of runs of four words that a candidate may have in common with one written line."""
OWED: Final = 0.3
"""Nats by which the telling words of a candidate must be likelier after what was said, on average, where it
takes up none of the player's words; less, and a written line speaks."""
ENOUGH_WORDS: Final = 6
"""A first sentence of so many words stands alone: the second one seldom adds to it."""
LONGEST_S: Final = 1.20
"""So long after the question a written line speaks, if there is no candidate by then."""
_WIDE_KINDS: Final = frozenset(
    {Kind.ABOUT_CHILD, Kind.ABOUT_PLAYER, Kind.OFF_TOPIC, Kind.ACCUSATION}
)
"""Kinds of turns so wide that a line made for all of them speaks of nothing in particular."""
_TAKEN_UP: Final = 0.25
_FEWEST_WORDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One sentence of a candidate."""

    piece: Piece
    tokens: tuple[Token, ...]
    """All that the model has written of it so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How a model's turn went."""

    sentences: int
    checks_failed: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def prompt_in_voice(personality: Personality, question: Question, decision: Decision) -> Prompt:
    """What the model is asked, in the form that its adapter has learned."""
    return voiced_prompt(
        name=personality.name,
        place=question.perception.place,
        mood=decision.mood,
        act=decision.act,
        facts=decision.facts,
        earlier=[(one.player, one.reply) for one in question.history[-REMEMBERED:] if one.reply],
        player=question.text,
    )


def may_be_bettered(decision: Decision, best: Candidate | None) -> bool:
    """Whether a voice of its own may say something better than the best written line. A line that was made
    for what was said, or that takes up its very word, reads better than what a small model makes
    (docs/training.md); one that would do for any question does not. Facts are said in written words."""
    if decision.facts:
        return False
    if best is None or best.why.startswith("act."):
        return True
    return decision.kind in _WIDE_KINDS and best.why == f"reply.{decision.kind}"


def telling(tokens: Sequence[Token], most: int = TELLING) -> list[int]:
    """Indices of the tokens that carry what a reply speaks of, the least expected ones, in order."""
    found = [
        (token.likelihood, i)
        for i, token in enumerate(tokens)
        if token.likelihood is not None and token.text[:1] == " " and stems(token.text)
    ]
    return sorted(i for _, i in sorted(found)[:most])


def worth(tokens: Sequence[Token], gains: Sequence[float], *, takes_up: bool) -> float:
    """How good a candidate is: likely here, and likelier here than elsewhere. ``gains`` are nats by which
    its telling tokens are likelier after what was said."""
    likely = [token.likelihood for token in tokens if token.likelihood is not None]
    if not likely:
        return float("-inf")
    mutual = (1.0 - MUTUAL) * sum(likely) + MUTUAL * sum(gains)
    return mutual / len(likely) + _TAKEN_UP * takes_up


def owes(gains: Sequence[float]) -> bool:
    """Whether a candidate owes something to what the player said."""
    return bool(gains) and sum(gains) / len(gains) >= OWED


def speak_in_voice(
    personality: Personality,
    backend: VoicedBackend,
    question: Question,
    decision: Decision,
    context: Context,
    *,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Sentence, None, Spoken]:
    """The sentences of the best candidate. No sentence means that a written line must speak."""
    prompt = prompt_in_voice(personality, question, decision)

    def attempt(place: int) -> Iterator[Made]:
        seed = question.seed * 7919 + question.turn * 31 + place
        written: list[Token] = []

        def texts() -> Iterator[str]:
            for token in backend.tokens(prompt, Sampling(seed=seed, place=place)):
                written.append(token)
                yield token.text

        for piece in pieces(texts(), personality.gestures):
            yield Made(piece=piece, tokens=tuple(written))

    def maker(place: int) -> Callable[[], Iterator[Made]]:
        return lambda: attempt(place)

    race: Race[Made] = Race([maker(place) for place in range(backend.parallel)], clock=clock)
    checks: list[str] = []
    told: list[str] = []
    try:
        later: dict[int, list[Made | None]] = {}
        first, first_s = _gathered(
            race, backend.parallel, personality, question, context, checks, later, started_s, clock
        )
        weighed = _weighed(first, backend, prompt, question, until_s=started_s + WEIGH_S, clock=clock)
        if not weighed:
            return Spoken(sentences=0, checks_failed=(*checks, *(["unfit"] if first else [])))
        chosen = max(weighed, key=weighed.__getitem__)
        race.only(chosen)
        yield _sentence(first[chosen].piece, 0, decision, backend.name, first_s, checks)
        told.append(first[chosen].piece.text)
        if len(told[0].split()) >= ENOUGH_WORDS:
            return Spoken(sentences=1, checks_failed=tuple(checks))
        waiting = later[chosen]
        until_s = clock() + REST_S
        while True:
            made = waiting.pop(0) if waiting else race.next(until_s)[1]
            if made is None:
                break
            calm = replace(context, earlier=(*context.earlier, *told))
            if (why := _unfit(made.piece, personality, question, calm)) is not None:
                checks.append(why)
                break
            yield _sentence(made.piece, len(told), decision, backend.name, first_s, checks)
            told.append(made.piece.text)
        return Spoken(sentences=len(told), checks_failed=tuple(checks))
    except TooSlow:
        return Spoken(sentences=len(told), checks_failed=tuple(checks))  # what was said is enough
    except BackendError as error:
        return Spoken(sentences=len(told), checks_failed=tuple(checks), faults=(str(error),))
    finally:
        race.only(None)


def _gathered(
    race: Race[Made],
    count: int,
    personality: Personality,
    question: Question,
    context: Context,
    checks: list[str],
    later: dict[int, list[Made | None]],
    started_s: float,
    clock: Callable[[], float],
) -> tuple[dict[int, Made], float]:
    """First sentences that may be spoken, by candidate, and when the first of them came (seconds). Waits for
    all until `GATHER_S`, and for one until `LONGEST_S`, for a written line is ready. What came after a first
    sentence goes to ``later``. Raises BackendError."""
    first: dict[int, Made] = {}
    open_ones = set(range(count))
    first_s = 0.0
    while open_ones:
        patience_s = min(GATHER_S if first else LONGEST_S, question.max_wait_s)
        try:
            index, made = race.next(started_s + patience_s)
        except TooSlow:
            break
        first_s = first_s or clock() - started_s
        if index in later:
            later[index].append(made)
            continue
        open_ones.discard(index)
        later[index] = []
        if made is None:
            checks.append("empty")
            continue
        why = _unfit(made.piece, personality, question, context)
        if why is None:
            first[index] = made
        else:
            checks.append(why)
    return first, first_s


def _weighed(
    first: dict[int, Made],
    backend: VoicedBackend,
    prompt: Prompt,
    question: Question,
    *,
    until_s: float,
    clock: Callable[[], float],
) -> dict[int, float]:
    """What the candidates are worth that owe something to what was said; weighed as far as time allows."""
    without = replace(prompt, player=NOTHING_SAID)

    def gains(place: int, tokens: tuple[Token, ...]) -> Iterator[float]:
        at = telling(tokens)
        ids = [token.id for token in tokens if token.id is not None]
        if len(ids) == len(tokens):
            for i, elsewhere in zip(at, backend.likelihood(without, ids, at, place=place), strict=True):
                yield (tokens[i].likelihood or 0.0) - elsewhere

    def maker(place: int) -> Callable[[], Iterator[float]]:
        return lambda: gains(place, first[place].tokens)

    order = list(first)
    race: Race[float] = Race([maker(place) for place in order], clock=clock)
    gained: dict[int, list[float]] = {place: [] for place in order}
    running = len(order)
    try:
        while running:
            index, found = race.next(until_s)
            if found is None:
                running -= 1
            else:
                gained[order[index]].append(found)
    except BackendError:
        pass  # what was weighed in time counts
    finally:
        race.only(None)
    heard = stems(question.text)
    result: dict[int, float] = {}
    for place, made in first.items():
        takes_up = bool(stems(made.piece.text) & heard)
        if takes_up or owes(gained[place]):
            result[place] = worth(made.tokens, gained[place], takes_up=takes_up)
    return result


def _unfit(piece: Piece, personality: Personality, question: Question, context: Context) -> str | None:
    """Why a sentence may not be spoken, or None."""
    if piece.narrated:
        return "narration"
    if (why := failed(piece.text, context)) is not None:
        return why
    if len(piece.text.split()) < _FEWEST_WORDS and context.heard and not context.earlier:
        return "too_short"
    if piece.text[-1] not in ".!?":
        return "unfinished"
    perception = question.perception
    here = set(words(" ".join((perception.place, *perception.visible, question.text))))
    if (set(words(piece.text)) & set(personality.place_nouns)) - here:
        return "elsewhere"
    if personality.dialogue.copied(piece.text) > COPIED:
        return "copied"
    return None


def _sentence(
    piece: Piece, index: int, decision: Decision, backend: str, first_s: float, checks: list[str]
) -> Sentence:
    return Sentence(
        index=index,
        text=piece.text,
        gesture=piece.gesture or (decision.gesture if index == 0 else None),
        actions=decision.actions if index == 0 else (),
        source="model",
        backend=backend,
        first_token_s=first_s,
        checks_failed=tuple(checks) if index == 0 else (),
    )
