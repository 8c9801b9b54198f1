"""Letting a language model speak for a character: what it is told, and which of its sentences may be heard.

A model that holds a role by itself is streamed: each sentence is spoken as soon as it passes the checks. One
that does not (the bundled model as it comes) is asked only where no written line speaks of what was said, and
is heard only where what it made does.
"""

import random
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final, cast

from npc.authored import Candidate
from npc.backends.base import Backend, BackendError, Prompt, Sampling, Turn, VoicedBackend
from npc.checks import Context, failed
from npc.contract import Question, Sentence
from npc.parse import Piece, pieces
from npc.personality import Personality
from npc.policy import Decision
from npc.pump import Pump, TooSlow
from npc.text import listed, plain, stem, stems
from npc.voiced import Spoken, may_be_bettered, prompt_in_voice, speak_in_voice

SHOWN: Final = 5
"""Written exchanges that show the voice, the same ones all evening."""
_SHOWN_MOOD: Final = "wary"
REMEMBERED: Final = 3
"""Exchanges of the evening that a model is told."""
CANDIDATES: Final = 2
"""Attempts of a model that does not hold a role."""
SURE_FIT: Final = 0.3
"""A written line that fits this well is spoken without asking a model that does not hold a role."""
ATTEMPTS_S: Final = 0.5
"""All attempts of such a model together may take so long."""
REST_S: Final = 3.0
"""A reply that has begun may pause so long between pieces of text."""
_COMMON: Final = frozenset(
    map(stem, listed("good bad big small old new man people world time day life way thing"))
)
_DULL: Final = re.compile(
    r"^(?:yes|no|yeah|ok|okay|sure|well|i am|im|it is|its|that is|thats|i dont know|i have no idea)\b.{0,12}$"
    r"|\bi dont know what\b|\bno idea what\b|\byou can do it\b|\blets\b|\bin the world\b|\bi love\b"
)


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


def prompt_of(personality: Personality, question: Question, decision: Decision) -> Prompt:
    """What a model is told in this turn: who it is (always the same words), how it talks (the same written
    exchanges), what was said lately, and what to do now."""
    rng = random.Random(f"shown:{personality.key}")
    fitting = [
        told
        for told in personality.dialogue.told
        if told.mood == _SHOWN_MOOD
        and told.before is None
        and not told.nouns
        and not told.says_way
        and told.act
    ]
    shown = rng.sample(fitting, min(SHOWN, len(fitting)))
    turns = [Turn(player=told.player, reply=told.reply.text) for told in shown]
    turns += [
        Turn(player=exchange.player, reply=exchange.reply)
        for exchange in question.history[-REMEMBERED:]
        if exchange.reply
    ]
    return Prompt(
        system=personality.prompt,
        turns=tuple(turns),
        player=" ".join(question.text.split())[:300] or "...",
        hint=", ".join([_DOING.get(decision.act, decision.act), *decision.facts]),
    )


def _takes_up(text: str, question: Question) -> bool:
    """Whether a reply takes up something of what was said."""
    return bool((stems(text) & stems(question.text)) - _COMMON)


def _choose(found: list[Piece], question: Question, best: Candidate | None) -> Piece | None:
    """The attempt that speaks of what was said, better than the written line does, or None."""
    if best is not None and best.fit >= SURE_FIT:
        return None
    good = [
        piece
        for piece in found
        if 4 <= len(piece.text.split()) <= 20
        and piece.text[-1] in ".!?"
        and _takes_up(piece.text, question)
        and not _DULL.search(plain(piece.text))
    ]
    # Of several, the one with most words of its own: the shorter ones are the emptier ones.
    return max(good, key=lambda piece: len(stems(piece.text)), default=None)


def speak(
    personality: Personality,
    backend: Backend,
    question: Question,
    decision: Decision,
    context: Context,
    best: Candidate | None,
    *,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Sentence, None, Spoken]:
    """The model's sentences that may be heard, as they come. Returns (as a generator's value) `Spoken`; no
    sentence means that a written line must speak."""
    if backend.voiced and not may_be_bettered(decision, best):
        return _nothing()
    if backend.voiced:
        return speak_in_voice(
            personality,
            cast(VoicedBackend, backend),
            question,
            decision,
            context,
            started_s=started_s,
            clock=clock,
        )
    if backend.fluent:
        return _streamed(personality, backend, question, decision, context, started_s=started_s, clock=clock)
    return _attempted(
        personality, backend, question, decision, context, best, started_s=started_s, clock=clock
    )


def first_prompt(
    personality: Personality, backend: Backend, question: Question, decision: Decision
) -> Prompt:
    """The prompt of this turn in the form that the model wants."""
    if backend.voiced:
        return prompt_in_voice(personality, question, decision)
    return prompt_of(personality, question, decision)


def _nothing() -> Generator[Sentence, None, Spoken]:
    yield from ()
    return Spoken(sentences=0)


def _sentence(
    piece: Piece, index: int, decision: Decision, backend: Backend, first_s: float, checks: list[str]
) -> Sentence:
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


def _streamed(
    personality: Personality,
    backend: Backend,
    question: Question,
    decision: Decision,
    context: Context,
    *,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Sentence, None, Spoken]:
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
            why = (
                "narration"
                if piece.narrated and not piece.text
                else failed(piece.text, replace(context, earlier=(*context.earlier, *told)))
            )
            if why is not None:
                checks.append(why)
                if why == "blocked" or told:
                    break
                continue
            told.append(piece.text)
            yield _sentence(piece, len(told) - 1, decision, backend, first_s, checks)
    except BackendError as error:
        faults.append(str(error))
    finally:
        pump.close()
    return Spoken(sentences=len(told), checks_failed=tuple(checks), faults=tuple(faults))


def _attempted(
    personality: Personality,
    backend: Backend,
    question: Question,
    decision: Decision,
    context: Context,
    best: Candidate | None,
    *,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Sentence, None, Spoken]:
    if (best is not None and best.fit >= SURE_FIT) or not stems(question.text) - _COMMON:
        return Spoken(sentences=0)  # nothing to gain, or nothing that a reply could take up
    # Without the evening's talk the prompt is the same but for its end, and the first token comes at once.
    prompt = prompt_of(personality, replace(question, history=()), decision)
    checks: list[str] = []
    good: list[Piece] = []
    first_s = 0.0
    for attempt in range(CANDIDATES):
        sampling = Sampling(seed=question.seed * 7919 + question.turn * 31 + attempt, max_tokens=28)
        pump = Pump(
            lambda sampling=sampling: backend.stream(prompt, sampling),  # type: ignore[misc]
            deadline_s=lambda begun: started_s + min(ATTEMPTS_S, question.max_wait_s),
            clock=clock,
        )
        try:
            for piece in pieces(pump, personality.gestures, max_sentences=1):
                first_s = first_s or clock() - started_s
                why = failed(piece.text, context)
                if why is None:
                    good.append(piece)
                else:
                    checks.append(why)
        except TooSlow:
            break  # its time is up; the written line is ready
        except BackendError as error:
            if not good:
                return Spoken(sentences=0, checks_failed=tuple(checks), faults=(str(error),))
            break
        finally:
            pump.close()
    chosen = _choose(good, question, best)
    if chosen is None:
        return Spoken(sentences=0, checks_failed=(*checks, *(["unfit"] if good else [])))
    yield _sentence(chosen, 0, decision, backend, first_s, checks)
    return Spoken(sentences=1, checks_failed=tuple(checks))
