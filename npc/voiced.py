"""A small model that has learned the character's voice: several candidates, and the one that fits.

Such a model speaks well and thinks little. So it is handed the line that the character's writer would have
answered with, to say it in other words (retrieve and refine, Weston et al. 2018). It writes several
candidates side by side, and of those that pass the checks the one is spoken that it is surest of and that
keeps the thought.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Final

from npc.backends.base import BackendError, Prompt, Sampling, VoicedBackend
from npc.breaths import ends
from npc.candidates import Candidates
from npc.checks import Context
from npc.contract import Expected, Question, Sentence
from npc.dialogue import Line
from npc.model import Spoken, sentence_of
from npc.parse import Piece
from npc.past import as_said
from npc.personality import Personality
from npc.policy import Decision
from npc.pump import Pump, TooSlow
from npc.script import CUT, REMEMBERED, voiced_prompt
from npc.wording import COPIED, wording

IN_HAND: Final = "in hand"
"""What speaks before a model does: the line in hand, in other words than it is written."""
GATHER_S: Final = 0.55
"""So long after the question all candidates together may take; then one of those there are is chosen."""
LONGEST_S: Final = 1.00
"""So long after the question a written line speaks, if there is no candidate by then."""
LETTER_S: Final = 0.05
"""What is said ahead of the model lasts at least so long a letter."""
PAUSE_S: Final = 0.5
"""So long after that has been heard the model may still take to go on; then the line goes on as it was in
hand."""
REST_S: Final = 3.0
"""Time that the rest of a reply may take."""
MAX_TOKENS: Final = 44
TEMPERATURE: Final = 0.5
"""Low: an actor with a line in hand need not invent; but the candidates must not be all the same."""
CALM: Final = 0.25
"""The same where the line in hand is other words already: said as it stands."""


def prompt_in_voice(
    personality: Personality,
    question: Question,
    decision: Decision,
    like: str = "",
    gesture: str | None = None,
) -> Prompt:
    """What the model is asked, in the form that its adapter has learned."""
    return voiced_prompt(
        name=personality.name,
        place=question.perception.place,
        mood=decision.mood,
        act=decision.act,
        way=", ".join(decision.facts),
        like=like,
        gesture=gesture,
        earlier=[
            (one.player, one.reply + CUT * one.cut_off)
            for one in [one for one in question.history if one.reply][-REMEMBERED:]
        ],
        player=as_said(question),
    )


def _begun(
    personality: Personality,
    question: Question,
    decision: Decision,
    context: Context,
    written: Line | None,
    count: int,
) -> tuple[Candidates, Prompt, Sampling]:
    """A turn of ``count`` candidates, what the model is asked for them, and how freely it may speak."""
    if written is None or not personality.dialogue.teaches_rewording:
        written = Line(text="")
    seed = question.seed * 7919 + question.turn * 31
    light, gesture = None, None
    if written.text:
        others = personality.dialogue.other_words(written.text)
        light = wording(written.text, others, marked=written.marked, copied=COPIED, seed=str(seed))
    like = light.text if light else written.text
    if light is not None:
        gesture = written.gesture
    prompt = prompt_in_voice(personality, question, decision, like, gesture)
    turn = Candidates(
        personality, question, decision, context, like, count, written=written.text, begun=prompt.begun
    )
    # What is other words already may be said as it stands; a written line may not.
    varied = bool(written.text) and light is None
    sampling = Sampling(
        seed=seed,
        max_tokens=MAX_TOKENS,
        temperature=TEMPERATURE if varied else CALM,
        varied=varied,
        without=light.without if light else (),
    )
    return turn, prompt, sampling


def speak_in_voice(
    personality: Personality,
    backend: VoicedBackend,
    question: Question,
    decision: Decision,
    context: Context,
    written: Line | None,
    *,
    in_parts: bool,
    started_s: float,
    clock: Callable[[], float],
) -> Generator[Expected | Sentence, None, Spoken]:
    """What is expected, then the sentences of the best candidate. ``written`` is the line that stands ready,
    to be said in other words. ``in_parts``: the beginning of such words is told before the model is asked,
    which goes on from there. No sentence means that the written line must speak itself."""
    turn, prompt, sampling = _begun(personality, question, decision, context, written, backend.parallel)
    ahead = ""
    """What was told before the model was asked."""
    count = 0
    """Sentences and parts told."""
    if turn.expected is not None:
        gesture = turn.expected.gesture
        yield Expected(parts=turn.parts if in_parts else (turn.expected.text,), gesture=gesture)
        if in_parts and turn.ahead:
            # The voice first and the model behind it: both at once would keep each other waiting, and what is
            # heard gives the model its time.
            ahead, count = turn.begin(), 1
            prompt = replace(prompt, begun=f"{prompt.begun} {ahead}")
            opening = sentence_of(
                Piece(text=ahead, gesture=gesture), 0, decision, backend, clock() - started_s, turn.checks
            )
            yield replace(opening, source="authored", backend=IN_HAND)
    told: list[str] = []
    ahead_until_s = clock() + LETTER_S * len(ahead)
    rest_until_s: float | None = None

    def deadline_s(begun: bool) -> float:
        if rest_until_s is not None:
            return rest_until_s
        if ahead:
            return ahead_until_s + (0.0 if turn.has_fit else min(PAUSE_S, question.max_wait_s))
        # Whoever is ready speaks after a while; without one, a written line can wait a little longer.
        wait_s = GATHER_S if turn.has_fit else LONGEST_S
        return started_s + min(wait_s, question.max_wait_s)

    pump = Pump(lambda: backend.candidates(prompt, sampling), deadline_s=deadline_s, clock=clock)
    first_s = 0.0
    faults: tuple[str, ...] = ()
    try:
        for index, token in pump:
            first_s = first_s or clock() - started_s
            turn.take(index, token, clock() - started_s)
            if turn.settled:
                break
    except TooSlow as error:
        # What there is by now is what there is to choose from.
        faults = () if first_s else (str(error),)
    except BackendError as error:
        faults = (str(error),)
    chosen = turn.best()
    trace = turn.trace(chosen)
    turn.checks += turn.failed_whole()
    try:
        if chosen is not None:
            if turn.is_whole(chosen):
                pump.close()  # Whoever makes this sound needs the core that the others would go on with.
            first = turn.left_of_first(chosen)
            if first.text:
                sentence = sentence_of(first, count, decision, backend, first_s, turn.checks)
                count += 1
                yield replace(sentence, goes_on=bool(ahead) and not ends(ahead))
            told.append(f"{ahead} {first.text}".strip())
            rest_until_s = clock() + REST_S
            for piece in turn.rest(chosen, pump):
                if (why := turn.unfit(piece, told)) is not None:
                    turn.checks.append(why)
                    break
                yield sentence_of(piece, count, decision, backend, first_s, turn.checks)
                count += 1
                told.append(piece.text)
    except TooSlow:
        pass  # what was said is enough
    except BackendError as error:
        faults = (*faults, str(error))
    finally:
        pump.close()
    return Spoken(
        sentences=count,
        checks_failed=tuple(turn.checks),
        faults=faults,
        instead=turn.in_hand if not told else "",
        begun=ahead,
        trace=trace,
    )
