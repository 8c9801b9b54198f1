"""From a model's tokens to sentences that a body can speak: "[gesture] sentence." pieces, as they complete.

What a model writes is untrusted. Whatever is not a tag of the whitelist or plain words is taken out here:
narration, role labels, quotation marks, markdown, pictures, addresses.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_SENTENCES: Final = 2
MAX_WORDS: Final = 40
MAX_CHARS: Final = 600
"""A model that has not ended by then is cut off."""

_TAG = re.compile(r"\[([^\[\]\n]{0,200})\]")
_NARRATION = re.compile(r"\*{1,3}[^*\n]{0,200}\*{1,3}|\([^()\n]{0,200}\)|<[^<>\n]{0,200}>|_[^_\n]{2,200}_")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b\S+@\S+\.\S+|\b[\w-]+\.(?:com|org|net|io|ai|dev)\b\S*", re.IGNORECASE
)
_LABEL = re.compile(
    r"^\s*(?:(?:the )?(?:alien )?(?:child|companion|alien|assistant|user|player|system|human|bot|ai"
    r"|narrator|voice|you|me|i))"
    r"\s*:\s*",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:^|(?<=\s))[#>*]*(?:lost person|player|user|human|system|developer"
    r"|narrator)\*{0,2}\s*:",
    re.IGNORECASE,
)
"""Where somebody else begins to speak."""
_NEWLINES = re.compile(r"\\r|\\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MARKS = re.compile(r"[\"“”„«»`#<>|~^={}\\•\[\]()_]+|\*+")
_SPEAKABLE = frozenset(".,!?;:'-%")
"""Marks that a voice can do something with."""
_STRAIGHT: Final = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2013": ", ", "\u2014": ", ", "\u2015": ", "}
)
_BLANKS = re.compile(r"\s+")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "vs", "etc"})
_TURN_MARKS: Final = ("<|im_end|>", "<|im_start|>", "<|endoftext|>", "</s>", "<s>", "[INST]", "[/INST]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sentence as the model wrote it, cleaned."""

    text: str
    gesture: str | None
    """A tag of the whitelist, or None."""
    narrated: bool = False
    """Something that no mouth can say was taken out of it."""


def clean(text: str) -> tuple[str, bool]:
    """Speakable words of a line, and whether narration, labels or addresses were taken out of it."""
    whole = unicodedata.normalize("NFKC", html.unescape(text))
    bare = _ADDRESS.sub(" ", _NARRATION.sub(" ", whole))
    while (label := _LABEL.match(bare)) is not None:
        bare = bare[label.end() :]
    narrated = _BLANKS.sub("", bare) != _BLANKS.sub("", whole)
    spoken = _MARKS.sub(" ", bare).translate(_STRAIGHT).replace(" & ", " and ")
    spoken = "".join(
        c if c in _SPEAKABLE or unicodedata.category(c)[0] in "LNZ" else " "
        for c in spoken
        if unicodedata.category(c)[0] in "LNPZ"
    )
    spoken = _BLANKS.sub(" ", spoken).strip(" -,;:")
    return re.sub(r"\s+([,.!?;:])", r"\1", spoken), narrated


def _sentence_end(text: str) -> int:
    """Index behind the first complete sentence of ``text``, or -1: an end mark followed by a blank, so that
    "3.5", "Mr. X" and an ellipsis that goes on do not end one."""
    for match in re.finditer(r"[.!?]+[\"'”’)]*(?=\s|\[)", text):
        head = text[: match.start()].rsplit(None, 1)
        word = head[-1].lower().strip("[]\"'(") if head else ""
        mark = match.group(0)
        if mark.startswith(".") and (
            word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")
        ):
            continue
        if mark.startswith("..") and text[match.end() :].lstrip()[:1].islower():
            continue
        if re.search(r"\w", text[: match.start()]):
            return match.end()
    return -1


class Sentences:
    """Sentences out of text that comes in bits, each as soon as it is complete. Tags outside ``gestures``
    vanish; a tag in front of a sentence belongs to it."""

    def __init__(
        self,
        gestures: frozenset[str],
        *,
        max_sentences: int = MAX_SENTENCES,
        max_words: int = MAX_WORDS,
    ) -> None:
        self.done = False
        """Nothing more will come: the text has ended, or what was allowed has been told."""
        self._gestures = gestures
        self._max_sentences = max_sentences
        self._max_words = max_words
        self._buffer = ""
        self._total = 0
        self._spoken = 0
        self._words = 0
        self._gesture: str | None = None

    def feed(self, text: str) -> list[Piece]:
        """Sentences that ``text`` completes."""
        if self.done:
            return []
        self._buffer = _NEWLINES.sub("\n", self._buffer + text[: MAX_CHARS - self._total])
        self._total += len(text)
        ended = self._total > MAX_CHARS
        cut = min((at for mark in _TURN_MARKS if (at := self._buffer.find(mark)) >= 0), default=-1)
        if cut >= 0:
            self._buffer, ended = self._buffer[:cut], True
        if (other := _OTHERS.search(self._buffer)) is not None:
            self._buffer, ended = self._buffer[: other.start()], True
        newline = self._buffer.lstrip().find("\n")
        if newline >= 0 and self._buffer.strip():
            self._buffer, ended = self._buffer.lstrip()[:newline], True
        return self._complete(ended)

    def end(self) -> list[Piece]:
        """The text has ended: what is left is a sentence, with or without an end mark."""
        return [] if self.done else self._complete(True)

    def _complete(self, ended: bool) -> list[Piece]:
        found: list[Piece] = []
        while not self.done:
            end = len(self._buffer) if ended else _sentence_end(self._buffer)
            if ended and (inner := _sentence_end(self._buffer + " ")) >= 0:
                end = min(inner, len(self._buffer))
            if end < 0 or not self._buffer.strip():
                break
            raw, self._buffer = self._buffer[:end], self._buffer[end:]
            piece = self._piece(raw)
            if piece is None:
                continue
            self._words += len(piece.text.split())
            if self._words > self._max_words:
                self.done = True
                break
            found.append(piece)
            self._spoken += 1
            self.done = self._spoken >= self._max_sentences
        self.done = self.done or ended
        return found

    def _piece(self, raw: str) -> Piece | None:
        raw = _NEWLINES.sub("\n", unicodedata.normalize("NFKC", html.unescape(raw))).strip()
        # What an entity or a wide sign has hidden until now ends the reply like any other line end or label.
        if (other := _OTHERS.search(raw)) is not None or "\n" in raw:
            raw = (raw[: other.start()] if other is not None else raw).split("\n", 1)[0]
            self.done = True
        tags = [tag.strip().lower().replace(" ", "_") for tag in _TAG.findall(raw)]
        known = [tag for tag in tags if tag in self._gestures]
        self._gesture = known[0] if known else self._gesture
        text, narrated = clean(_TAG.sub(" ", raw))
        if not re.search(r"[A-Za-z]", text):
            return None
        gesture, self._gesture = self._gesture, None
        return Piece(text=text, gesture=gesture, narrated=narrated or len(known) < len(tags))


def pieces(
    tokens: Iterable[str],
    gestures: frozenset[str],
    *,
    max_sentences: int = MAX_SENTENCES,
    max_words: int = MAX_WORDS,
) -> Iterator[Piece]:
    """Sentences out of a token stream, each as soon as it is complete; a last one without an end mark comes
    when the stream ends. Ends (and closes the stream) after ``max_sentences`` or before the sentence that
    would pass ``max_words``."""
    sentences = Sentences(gestures, max_sentences=max_sentences, max_words=max_words)
    stream = iter(tokens)
    try:
        for token in stream:
            yield from sentences.feed(token)
            if sentences.done:
                return
        yield from sentences.end()
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()
