"""A character: a question goes in; what it does at once, and then what it says, comes out."""

import random
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final, cast

from npc.authored import Candidate, fill, keyed, line_of, slots_of, was_said, written
from npc.backends.base import Backend, BackendError, VoicedBackend
from npc.breaths import breaths, ends
from npc.checks import Context, failed
from npc.contract import Ended, Exchange, Expected, Question, ReplyEvent, Sentence, Trace, Understood
from npc.dialogue import Line
from npc.model import Spoken, prompt_of, speak
from npc.parse import pieces
from npc.past import as_said
from npc.personality import Personality
from npc.policy import Decision, decide
from npc.pump import Breaker
from npc.text import plain
from npc.voiced import prompt_in_voice, speak_in_voice

AUTHORED: Final = "authored"
_CARE_KEY: Final = "care"
_INTERRUPTED: Final = "interrupted"
_LAST_RESORT: Final = "..."
_RESTING: Final = "The language model failed several times and is left alone for a while."


class Character:
    """A personality with a language model, or without one. Holds nothing between turns but the model and how
    well it is."""

    def __init__(
        self,
        personality: Personality,
        backend: Backend | None = None,
        *,
        fault: str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``fault`` is a sentence about a model that could not be had; each reply's end names it."""
        self.personality = personality
        self.backend = backend
        self._fault = fault
        self._late_fault: str | None = None
        """What went wrong between the turns, until a reply has named it."""
        self._clock = clock
        self._breaker = Breaker()

    def warm(self) -> None:
        """Make the first turn as quick as the others. A failure leaves the character with its written lines
        and is named at the end of the next reply."""
        question = Question(turn=0, character=self.personality.key, text="hello")
        decision = decide(self.personality, question)
        if self.backend is None:
            return
        prompt = (prompt_in_voice if self.backend.voiced else prompt_of)(self.personality, question, decision)
        try:
            self.backend.warm(prompt)
        except BackendError as error:
            self._late_fault = str(error)

    def close(self) -> None:
        """Free the model."""
        if self.backend is not None:
            self.backend.close()

    def line(self, key: str, **slots: str) -> str:
        """An authored line by key, with its gesture tag, as "[stare] What are you looking at?"; KeyError when
        the personality has no such line."""
        found = line_of(self.personality, key, slots, random.Random(f"{key}:{sorted(slots.items())}"))
        if found is None:
            raise KeyError(f"{self.personality.key} has no line '{key}'")
        return f"[{found.gesture}] {found.text}" if found.gesture else found.text

    def reply(self, question: Question, *, in_parts: bool = False) -> Iterator[ReplyEvent]:
        """Understood at once; Expected where the first sentence can be foreseen; one or two sentences, each
        as soon as it is checked; then Ended. Whatever fails, a sentence is said: by ``question.max_wait_s``
        after the call an authored one. ``in_parts``: a first sentence that is long may come in two, the first
        of which is told sooner."""
        started_s = self._clock()
        decision = decide(self.personality, question)
        yield Understood(
            kind=decision.kind,
            act=decision.act,
            mood=decision.mood,
            gesture=decision.gesture,
            events=decision.events,
            trust=decision.trust,
        )
        faults = [fault for fault in (self._fault, self._late_fault) if fault]
        self._late_fault = None
        if decision.keys == (_CARE_KEY,):
            yield from self._care(question, decision, started_s)
            yield Ended(faults=tuple(faults), trace=Trace(unasked="the line is fixed"))
            return
        context = self._context(question, decision)
        best = next(self._passing(question, decision, context), None)
        spoken = Spoken(sentences=0)
        said: list[Sentence] = []
        unasked = "the line is fixed" if decision.must else ""
        if decision.remarks:
            said += self._remark(question, decision, context, started_s)
            yield from said
        if self.backend is not None and not decision.must:
            if self._breaker.allows(started_s):
                model = self._by_model(
                    self.backend, question, decision, context, best, started_s, in_parts=in_parts
                )
                spoken = yield from self._heard(model, said)
                self._breaker.note(failed=bool(spoken.faults), now_s=self._clock())
                faults += spoken.faults
            else:
                faults.append(_RESTING)
                unasked = "it rests after failing"
        if spoken.begun and spoken.instead:
            whole = Line(text=spoken.instead)
            yield from self._heard(self._say(whole, decision, started_s, begun=spoken.begun), said)
        elif not spoken.sentences:
            line = best.line if best is not None else Line(text=_LAST_RESORT)
            line = replace(line, text=spoken.instead or line.text)
            written = self._say(line, decision, started_s, spoken.checks_failed, in_parts=in_parts)
            yield from self._heard(written, said)
        written_line = f"{best.line.text} ({best.why})" if best is not None else ""
        yield Ended(faults=tuple(faults), trace=replace(spoken.trace, written=written_line, unasked=unasked))
        self._read_ahead(question, decision, said)

    def _remark(
        self, question: Question, decision: Decision, context: Context, started_s: float
    ) -> list[Sentence]:
        """A written word about having been cut off, to be said before the answer."""
        slots = slots_of(question, decision)
        earlier = [plain(exchange.reply) for exchange in question.history if exchange.reply]
        seed = random.Random(f"interrupted:{question.seed}:{question.turn}")
        filled = (fill(line, slots) for line in keyed(self.personality, _INTERRUPTED, decision.mood))
        calm = replace(context, earlier=(), heard="")
        ready = [line for line in filled if line is not None and failed(line.text, calm) is None]
        fresh = [line for line in ready if not was_said(line.text, line.text, earlier)]
        if not ready:
            return []
        plainly = replace(decision, actions=())
        return list(self._say(seed.choice(fresh or ready), plainly, started_s))[:1]

    @staticmethod
    def _heard(
        events: Generator[Expected | Sentence, None, Spoken], said: list[Sentence]
    ) -> Generator[Expected | Sentence, None, Spoken]:
        """The sentences, noted down as they pass, and numbered on from what was said before."""
        before = len(said)
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                spoken: Spoken = end.value
                return spoken
            if isinstance(event, Sentence):
                event = replace(event, index=event.index + before)
                said.append(event)
            yield event

    def _by_model(
        self,
        backend: Backend,
        question: Question,
        decision: Decision,
        context: Context,
        best: Candidate | None,
        started_s: float,
        *,
        in_parts: bool,
    ) -> Generator[Expected | Sentence, None, Spoken]:
        if backend.voiced:
            return speak_in_voice(
                self.personality,
                cast(VoicedBackend, backend),
                question,
                decision,
                context,
                best.line if best is not None else None,
                in_parts=in_parts,
                started_s=started_s,
                clock=self._clock,
            )
        return speak(
            self.personality, backend, question, decision, context, started_s=started_s, clock=self._clock
        )

    def _read_ahead(self, question: Question, decision: Decision, said: list[Sentence]) -> None:
        """While the reply is still being spoken, let the model read it: then the next one begins at once."""
        if self.backend is None or not self.backend.voiced or not self._breaker.allows(self._clock()):
            return
        history = (*question.history, exchange_of(question, said, decision.act))
        following = replace(question, turn=question.turn + 1, text="", history=history)
        try:
            cast(VoicedBackend, self.backend).read(prompt_in_voice(self.personality, following, decision))
        except BackendError as error:
            self._late_fault = str(error)
            self._breaker.note(failed=True, now_s=self._clock())

    def _context(self, question: Question, decision: Decision) -> Context:
        personality = self.personality
        return Context(
            heard=question.text,
            earlier=tuple(exchange.reply for exchange in question.history if exchange.reply),
            level=question.level,
            withheld=decision.withheld,
            secrets=(personality.prompt, personality.about),
            unseen=personality.unseen,
            out_of_role=not personality.honest,
        )

    def _passing(self, question: Question, decision: Decision, context: Context) -> Iterator[Candidate]:
        """Written lines for the turn that pass every check, best first; `written` puts repetitions last."""
        calm = replace(context, earlier=(), heard="")
        for candidate in written(self.personality, question, decision):
            if failed(candidate.line.text, calm) is None:
                yield candidate

    def _say(
        self,
        line: Line,
        decision: Decision,
        started_s: float,
        checks_failed: tuple[str, ...] = (),
        *,
        in_parts: bool = False,
        begun: str = "",
    ) -> Generator[Sentence, None, Spoken]:
        """A written line, sentence by sentence, the first ``in_parts``; ``begun`` is what of it has been said
        already."""
        left = line.text[len(begun) :].strip()
        told = [piece.text for piece in pieces([left], frozenset(), max_sentences=6, max_words=120)]
        told = told or [left]
        first = breaths(told[0]) if in_parts else (told[0],)
        parts = [*first, *told[1:]]
        for index, text in enumerate(parts):
            before = begun if index == 0 else first[0] if index < len(first) else ""
            begins = index == 0 and not begun
            yield Sentence(
                index=index,
                text=text,
                gesture=(line.gesture or decision.gesture) if begins else None,
                actions=decision.actions if begins else (),
                goes_on=bool(before) and not ends(before),
                source="authored",
                backend=AUTHORED,
                first_token_s=self._clock() - started_s,
                checks_failed=checks_failed if index == 0 else (),
            )
        return Spoken(sentences=len(parts))

    def _care(self, question: Question, decision: Decision, started_s: float) -> Iterator[Sentence]:
        """The authored care text of the honest character; the others are silent, but for their light."""
        line = line_of(self.personality, _CARE_KEY, slots_of(question, decision), random.Random(0))
        if line is not None and self.personality.honest:
            yield from self._say(line, decision, started_s)


def exchange_of(question: Question, sentences: list[Sentence], act: str) -> Exchange:
    """The exchange that a reply which was heard to its end leaves in the history."""
    reply = " ".join(sentence.text for sentence in sentences)
    return Exchange(player=as_said(question), reply=reply, act=act)
