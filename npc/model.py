"""Letting a large language model speak for a character: what it is told, and which of its sentences may be
heard.

Such a model holds a role by itself, so each of its sentences is spoken as soon as it passes the checks. The
small bundled one is another matter: `npc.voiced`.
"""

import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from npc.backends.base import Backend, BackendError, Prompt, Sampling, Turn
from npc.checks import Context, failed
from npc.contract import Question, Sentence, Trace
from npc.parse import Piece, pieces
from npc.past import as_said
from npc.personality import Personality
from npc.policy import Decision
from npc.pump import Pump

SHOWN: Final = 5
"""Written exchanges that show the voice, the same ones all evening."""
_SHOWN_MOOD: Final = "wary"
REMEMBERED: Final = 3
"""Exchanges of the evening that a model is told."""
REST_S: Final = 3.0
"""A reply that has begun may pause so long between pieces of text."""
_DOING: Final = {
    "insult": "insult them, funny",
    "tease": "tease them",
    "withhold": "keep the way a secret",
    "test": "dare them",
    "hint": "give a hint of the way",
    "tell_way": "tell the way",
    "lead": "lead them out",
    "comfort": "comfort them, sideways",
    "ask_back": "ask about it, curious",
    "answer": "answer, proud",
    "small_talk": "chat about the cave",
    "deflect": "dodge the question",
    "surprise": "be startled",
    "goodbye": "say goodbye",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How a model's turn went."""

    sentences: int
    checks_failed: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    instead: str = ""
    """Where nothing was said to its end: the written line in other words, which may be said without a
    model."""
    begun: str = ""
    """What of ``instead`` has been said."""
    trace: Trace = field(default_factory=Trace)


def prompt_of(personality: Personality, question: Question, decision: Decision) -> Prompt:
    """What a model is told in this turn: who it is (always the same words), how it talks (the same written
    exchanges), what was said lately, and what to do now."""
    rng = random.Random(f"shown:{personality.key}")
    fitting = [
        told
        for told in personality.dialogue.told
        if told.mood == _SHOWN_MOOD
        and told.before is None
        and told.player[:1] not in ("", "[")
        and not told.nouns
        and not told.says_way
    ]
    shown = rng.sample(fitting, min(SHOWN, len(fitting)))
    turns = [Turn(player=told.player, reply=told.reply.text) for told in shown]
    turns += [
        Turn(player=exchange.player, reply=exchange.reply)
        for exchange in [one for one in question.history if one.reply][-REMEMBERED:]
    ]
    return Prompt(
        system=personality.prompt,
        turns=tuple(turns),
        player=" ".join(as_said(question).split())[:300],
        hint=", ".join([_DOING.get(decision.act, decision.act), *decision.facts, *decision.say]),
    )


def sentence_of(
    piece: Piece, index: int, decision: Decision, backend: Backend, first_s: float, checks: list[str]
) -> Sentence:
    """What a model wrote, as it is spoken."""
    return Sentence(
        index=index,
        text=piece.text,
        gesture=piece.gesture or (decision.gesture if index == 0 else None),
        actions=decision.actions if index == 0 else (),
        source="model",
        backend=backend.name,
        first_token_s=first_s,
        checks_failed=tuple(checks) if index == 0 else (),
    )


def speak(
    personality: Personality,
    backend: Backend,
    question: Question,
    decision: Decision,
    context: Context,
    *,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Sentence, None, Spoken]:
    """The model's sentences that may be heard, as they come. Returns (as a generator's value) `Spoken`; no
    sentence means that a written line must speak."""
    prompt = prompt_of(personality, question, decision)
    checks: list[str] = []
    told: list[str] = []
    first_s = 0.0
    sampling = Sampling(seed=question.seed * 7919 + question.turn)
    last_s = started_s

    def deadline_s(begun: bool) -> float:
        return last_s + REST_S if begun else started_s + question.max_wait_s

    pump = Pump(lambda: backend.stream(prompt, sampling), deadline_s=deadline_s, clock=clock)

    def timed() -> Iterator[str]:
        nonlocal first_s, last_s
        for token in pump:
            last_s = clock()
            first_s = first_s or last_s - started_s
            # A first sentence that dribbles in must not keep the player waiting either.
            if not told and last_s - started_s > question.max_wait_s:
                pump.close()
                raise BackendError("The language model was too slow to finish a sentence.")
            yield token

    faults: list[str] = []
    try:
        for piece in pieces(timed(), personality.gestures):
            why = failed(piece.text, replace(context, earlier=(*context.earlier, *told)))
            if why is not None:
                checks.append(why)
                if why == "blocked" or told:
                    break
                continue
            told.append(piece.text)
            yield sentence_of(piece, len(told) - 1, decision, backend, first_s, checks)
    except BackendError as error:
        faults.append(str(error))
    finally:
        pump.close()
    return Spoken(sentences=len(told), checks_failed=tuple(checks), faults=tuple(faults))
