"""The candidates of one reply: which may be spoken, which is worth most, what follows its first sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from npc.backends.base import Token
from npc.breaths import breaths
from npc.checks import Context, failed
from npc.contract import Question, Trace, Tried
from npc.parse import MAX_SENTENCES, Piece, Sentences, pieces
from npc.past import TELLS_WAY
from npc.personality import Personality
from npc.policy import Decision
from npc.pump import Pump
from npc.text import listed, shared_grams, stems, words
from npc.wording import COPIED

MOST_SENTENCES: Final = 4
"""Of a reply, where the written line has so many."""
COPY: Final = "copied"
TURN: Final = "turned"
OTHER: Final = "other"
"""Names of the checks of a whole candidate."""
KEPT: Final = 1.0
"""Worth (nats a token) of a candidate that speaks of all that the written line speaks of."""
CLOSE: Final = 2.0
"""Worth of one that has all its pairs of words: what is put together anew seldom keeps its sense."""
TURNED: Final = 1.5
"""What it costs a candidate to say I where the line says you."""
TAKEN_UP: Final = 0.2
"""Worth of one that takes up a word of the player's."""
BREAKS_OFF: Final = 1.2
"""What it costs a candidate to have a second sentence that may not be spoken."""
ALONE_WORDS: Final = 4
"""A first sentence of fewer words says nothing without the next."""
SAID: Final = 0.6
"""Share of a fact's words by which it counts as said."""
_FEWEST_WORDS: Final = 3
_SIDES: Final = frozenset({"left", "right"})


@dataclass(slots=True)
class _Candidate:
    """A reply in the making."""

    sentences: Sentences
    waiting: list[Piece] = field(default_factory=list)
    """Complete sentences that are not in ``first``."""
    first: Piece | None = None
    """What is spoken first."""
    ended: bool = False
    likelihood: float = 0.0
    count: int = 0
    """Tokens so far."""

    def take(self, token: Token) -> None:
        if token.likelihood is not None:
            self.likelihood += token.likelihood
            self.count += token.count
        found = self.sentences.feed(token.text)
        if token.last:
            found += self.sentences.end()
        self.ended = token.last or self.sentences.done
        self.waiting += found
        if self.first is None and self.waiting:
            self._begin()

    def _begin(self) -> None:
        """A first sentence of a word or two ("Half?") is spoken in one breath with the next."""
        first = self.waiting[0]
        if len(first.text.split()) >= ALONE_WORDS:
            self.first = self.waiting.pop(0)
        elif len(self.waiting) > 1:
            second = self.waiting[1]
            self.first = replace(
                first, text=f"{first.text} {second.text}", narrated=first.narrated or second.narrated
            )
            del self.waiting[:2]
        elif self.ended:
            self.first = self.waiting.pop(0)

    @property
    def decided(self) -> bool:
        """Its first sentence is there, or will never be."""
        return self.first is not None or self.ended


def worth(
    likelihood: float,
    *,
    kept: float,
    takes_up: bool,
    close: float = 0.0,
    breaks_off: bool = False,
    turned: bool = False,
) -> float:
    """How good a candidate is, in nats a token. ``likelihood`` is the mean over its tokens, ``kept`` the
    share of the written line's topic words that it speaks of, ``close`` that of its pairs of words; one that
    ``breaks_off`` goes on with what may not be spoken, one that is ``turned`` says the contrary."""
    gains = KEPT * kept + CLOSE * close + TAKEN_UP * takes_up
    return likelihood + gains - BREAKS_OFF * breaks_off - TURNED * turned


_NO: Final = listed(
    """no not never nobody nobodys nothing nothings none nowhere neither nor without cannot dont doesnt didnt
    isnt arent wasnt werent cant couldnt wont wouldnt shouldnt havent hasnt hadnt aint mustnt neednt"""
)
_I: Final = listed("i im ive id ill me my mine myself")
_YOU: Final = listed("you youre youve youd youll your yours yourself")


def stance(text: str) -> str:
    """Who is spoken of and what is denied, in order: "i" and "y" for I and you, "n" for a no, sides by their
    first letters ("I don't like you" is "iny")."""
    told = []
    for word in words(text):
        for mark, known in (("i", _I), ("y", _YOU), ("n", _NO), (word[:1].upper(), _SIDES)):
            if word in known:
                told.append(mark)
    return "".join(told)


class Candidates:
    """The candidates of one turn, and what becomes of them."""

    def __init__(
        self,
        personality: Personality,
        question: Question,
        decision: Decision,
        context: Context,
        like: str,
        count: int,
        *,
        written: str,
        begun: str = "",
    ) -> None:
        """``like`` is what is to be said, ``written`` the written line that this is, or is made of; all
        candidates begin with ``begun``, which nobody need write."""
        self.checks: list[str] = []
        """Checks that candidates failed."""
        self._personality = personality
        self._question = question
        self._decision = decision
        self._context = context
        self._like = like
        self._written = written
        # A line of three short sentences keeps its joke for the last.
        most = max(MAX_SENTENCES, len(list(pieces([like], frozenset(), max_sentences=MOST_SENTENCES))))
        self._made = [_Candidate(Sentences(personality.gestures, max_sentences=most)) for _ in range(count)]
        said = _Candidate(Sentences(personality.gestures, max_sentences=most))
        for one in (*self._made, said):
            one.sentences.feed(begun)
        said.take(Token(text=f" {like}", last=True))
        self.in_hand = like if like != written else ""
        """Other words for the written line; empty where there are none."""
        self.expected = said.first if self.in_hand else None
        """What is spoken first when the line in hand is said as it stands; None where that must not be."""
        self._next = said.waiting[:1]
        self._begun = ""
        """What has been spoken of the line in hand: only what begins like that may follow."""
        self._tried: dict[int, Tried] = {}

    @property
    def has_fit(self) -> bool:
        """Whether there is one that may be spoken."""
        return any(self._why_not(index) is None for index in self._tried)

    @property
    def settled(self) -> bool:
        """Whether the best of all is known to its end, or begins as the line in hand: none is worth more."""
        best = self.best()
        if best is not None and self._as_expected(best):
            return True
        if len(self._tried) < len(self._made):
            return False
        return self._made[best].ended if best is not None else all(one.ended for one in self._made)

    @property
    def parts(self) -> tuple[str, ...]:
        """What is spoken first of the line in hand: its first sentence in one part or two, or the first
        sentence and the next. Empty where there is no such line."""
        if self.expected is None:
            return ()
        first = breaths(self.expected.text)
        return first if len(first) > 1 else (*first, *(piece.text for piece in self._next))

    @property
    def ahead(self) -> str:
        """What of the line in hand may be spoken before a model has written anything, for the model can go
        on from there; empty where that would leave it nothing to say, nobody would know what is left, or a
        check fails, as it may for words that have taken the written ones' place."""
        if self.expected is None or len(self.parts) < 2 or not self.in_hand.startswith(self.parts[0]):
            return ""
        why = _unfit(self.expected, self._personality, self._question, self._context, self._like)
        return self.parts[0] if why is None else ""

    def begin(self) -> str:
        """From here on what is `ahead` counts as spoken, and all candidates go on from it."""
        self._begun = self.ahead
        for one in self._made:
            one.waiting += one.sentences.feed(f" {self._begun}")
        return self._begun

    def left_of_first(self, index: int) -> Piece:
        """The first sentence of a candidate, less what of it has been spoken."""
        first = self.first(index)
        if not self._begun:
            return first
        return replace(first, text=first.text[len(self._begun) :].strip(), gesture=None)

    def _as_expected(self, index: int) -> bool:
        return self.expected is not None and self.first(index).text == self.expected.text

    def is_whole(self, index: int) -> bool:
        """Whether all of a candidate is there."""
        return self._made[index].ended

    def take(self, index: int, token: Token, at_s: float) -> None:
        one = self._made[index]
        one.take(token)
        if one.decided and index not in self._tried:
            self._tried[index] = self._judged(one, at_s)

    def best(self) -> int | None:
        """The candidate that may be spoken and is worth most by what there is of it, or None."""
        scores = {index: self._worth(index) for index in self._tried if self._why_not(index) is None}
        return max(scores, key=scores.__getitem__, default=None)

    def _told(self, index: int) -> tuple[list[str], bool]:
        """What may be spoken of a candidate, sentence by sentence, and whether the next may not be."""
        told = [self.first(index).text]
        for piece in self._made[index].waiting:
            if self.unfit(piece, told) is not None:
                return told, True
            told.append(piece.text)
        return told, False

    def _why_not(self, index: int) -> str | None:
        """Why a candidate may not be spoken, or None. Whether it recites is told by all of it, as soon as
        that is there: a first sentence may stay as it is where the next is another."""
        if (why := self._tried[index].failed) is not None:
            return why
        one = self._made[index]
        if not self.first(index).text.startswith(self._begun):
            return OTHER
        if not one.ended and self._as_expected(index):
            return None  # The line in hand is one that may be said.
        text = " ".join(self._told(index)[0] if one.ended else [self.first(index).text])
        if self._like and self._decision.act not in TELLS_WAY:  # what the way must tell is checked apart
            # A no that is lost or added turns the sense, however near the words are.
            mine, wanted = (stance(said).count("n") for said in (text, self._like))
            if mine > wanted or (one.ended and mine < wanted):
                return TURN
        return self._copied(text)

    def _worth(self, index: int) -> float:
        one = self._made[index]
        told, breaks_off = self._told(index)
        text = " ".join(told)
        # Of one that is not at its end, only what is there can be held against it.
        whole = one.ended
        precise = shared_grams(text, self._like, 2)
        mine, wanted = stance(text), stance(self._like)
        return worth(
            one.likelihood / max(1, one.count),
            kept=_kept(text, self._like) if whole else 1.0,
            close=min(precise, shared_grams(self._like, text, 2)) if whole else precise,
            takes_up=bool(stems(text) & stems(self._question.text)),
            breaks_off=breaks_off,
            turned=bool(self._like) and (mine != wanted if whole else not wanted.startswith(mine)),
        )

    def first(self, index: int) -> Piece:
        piece = self._made[index].first
        if piece is None:
            raise ValueError(f"candidate {index} has no first sentence")
        return piece

    def rest(self, index: int, pump: Pump[tuple[int, Token]]) -> Iterator[Piece]:
        """Sentences of a candidate behind its first, as they come."""
        one = self._made[index]
        while True:
            while one.waiting:
                yield one.waiting.pop(0)
            if one.ended or (more := next(pump, None)) is None:
                return
            self._made[more[0]].take(more[1])

    def unfit(self, piece: Piece, told: Sequence[str]) -> str | None:
        """Why a sentence behind the first may not be spoken, or None."""
        context = replace(self._context, earlier=(*self._context.earlier, *told))
        return _unfit(piece, self._personality, self._question, context, self._like)

    def trace(self, chosen: int | None) -> Trace:
        tried = tuple(
            replace(
                one,
                failed=(why := self._why_not(index)),
                chosen=index == chosen,
                score=self._worth(index) if why is None else None,
            )
            for index, one in self._tried.items()
        )
        return Trace(tried=tried)

    def failed_whole(self) -> list[str]:
        """The checks that candidates failed as wholes."""
        whys = (self._why_not(index) for index in self._tried)
        return [why for why in whys if why in (COPY, TURN, OTHER)]

    def _judged(self, one: _Candidate, at_s: float) -> Tried:
        piece = one.first
        if piece is None:
            why: str | None = "empty"
        else:
            why = _unfit(piece, self._personality, self._question, self._context, self._like)
            why = why or _unsaid(piece, self._decision, self._like)
        if why is not None:
            self.checks.append(why)
        return Tried(
            text=piece.text if piece is not None else "",
            gesture=piece.gesture if piece is not None else None,
            score=None,
            failed=why,
            ready_s=at_s,
        )

    def _copied(self, text: str) -> str | None:
        share = max(self._personality.dialogue.copied(text), shared_grams(text, self._written))
        return COPY if share > COPIED else None


def _kept(text: str, like: str) -> float:
    """Share (0 to 1) of the topic words of ``like`` that the text has; 1 where there are none."""
    wanted = stems(like)
    return len(wanted & stems(text)) / len(wanted) if wanted else 1.0


def _here(question: Question, like: str) -> frozenset[str]:
    """Words of things that are there, were named, or stand in the written line, which was chosen for here."""
    perception = question.perception
    return frozenset(words(" ".join((perception.place, *perception.visible, question.text, like))))


def _unsaid(piece: Piece, decision: Decision, like: str) -> str | None:
    """Whether a reply leaves out what it was to say: a name, or of the way what the written line tells; or
    sends the player to another side."""
    said = set(words(piece.text))
    if any(word.lower() not in said for word in decision.say):
        return "unsaid"
    if decision.facts and decision.act in TELLS_WAY:
        fact = stems(decision.facts[0])
        wanted = fact & stems(like) or fact
        if len(wanted & stems(piece.text)) < SAID * len(wanted) or (said & _SIDES) - set(words(like)) - fact:
            return "unsaid"
    return None


def _unfit(
    piece: Piece, personality: Personality, question: Question, context: Context, like: str
) -> str | None:
    """Why a sentence may not be spoken, or None."""
    if piece.narrated:
        return "narration"
    if (why := failed(piece.text, context)) is not None:
        return why
    if len(piece.text.split()) < _FEWEST_WORDS and context.heard and not context.earlier:
        return "too_short"
    if piece.text[-1] not in ".!?":
        return "unfinished"
    if (set(words(piece.text)) & set(personality.place_nouns)) - _here(question, like):
        return "elsewhere"
    return None
