"""From a model's tokens to sentences that a body can speak: "[gesture] sentence." pieces, as they complete.

What a model writes is untrusted. Whatever is not a tag of the whitelist or plain words is taken out here:
narration, role labels, quotation marks, markdown, pictures, addresses.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_SENTENCES: Final = 2
MAX_WORDS: Final = 40
MAX_CHARS: Final = 600
"""A model that has not ended by then is cut off."""

_TAG = re.compile(r"\[([^\[\]]{0,40})\]")
_NARRATION = re.compile(r"\*{1,3}[^*\n]{0,200}\*{1,3}|\([^()\n]{0,200}\)|<[^<>\n]{0,200}>|_[^_\n]{2,200}_")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b\S+@\S+\.\S+|\b[\w-]+\.(?:com|org|net|io|ai|dev)\b\S*", re.IGNORECASE
)
_LABEL = re.compile(
    r"^\s*(?:(?:the )?(?:alien )?(?:child|companion|alien|assistant|user|player|system|human|bot|ai"
    r"|narrator|you|me|i))"
    r"\s*:\s*",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\"“”„«»`#<>|~^={}\\•\[\]()_]+|\*+")
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
    bare = _LABEL.sub("", _ADDRESS.sub(" ", _NARRATION.sub(" ", text)))
    narrated = _BLANKS.sub("", bare) != _BLANKS.sub("", text)
    spoken = _MARKS.sub(" ", unicodedata.normalize("NFC", bare))
    spoken = (
        spoken.replace("\u2019", "'").replace("\u2018", "'").replace("\u2026", "...").replace("\u2014", ", ")
    )
    spoken = "".join(c for c in spoken if c in " '" or unicodedata.category(c)[0] in "LNPZ")
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


def pieces(
    tokens: Iterable[str],
    gestures: frozenset[str],
    *,
    max_sentences: int = MAX_SENTENCES,
    max_words: int = MAX_WORDS,
) -> Iterator[Piece]:
    """Sentences out of a token stream, each as soon as it is complete; a last one without an end mark comes
    when the stream ends. Tags outside ``gestures`` vanish; a tag in front of a sentence belongs to it. Ends
    (and closes the stream) after ``max_sentences`` or before the sentence that would pass ``max_words``."""
    buffer = ""
    total = 0
    spoken = 0
    told = 0
    gesture: str | None = None
    stream = iter(tokens)
    try:
        done = False
        while not done:
            token = next(stream, None)
            done = token is None
            if token is not None:
                total += len(token)
                buffer += token
                cut = min((at for mark in _TURN_MARKS if (at := buffer.find(mark)) >= 0), default=-1)
                if cut >= 0:
                    buffer, done = buffer[:cut], True
                newline = buffer.lstrip().find("\n")
                if newline >= 0 and buffer.strip():
                    buffer, done = buffer.lstrip()[:newline], True
                done = done or total > MAX_CHARS
            while True:
                end = len(buffer) if done else _sentence_end(buffer)
                if done and (inner := _sentence_end(buffer + " ")) >= 0:
                    end = min(inner, len(buffer))
                if end < 0 or not buffer.strip():
                    break
                raw, buffer = buffer[:end], buffer[end:]
                tags = [tag.strip().lower().replace(" ", "_") for tag in _TAG.findall(raw)]
                known = [tag for tag in tags if tag in gestures]
                gesture = known[0] if known else gesture
                text, narrated = clean(_TAG.sub(" ", raw))
                if not re.search(r"[A-Za-z]", text):
                    continue
                told += len(text.split())
                if told > max_words:
                    return
                yield Piece(text=text, gesture=gesture, narrated=narrated or len(known) < len(tags))
                gesture = None
                spoken += 1
                if spoken >= max_sentences:
                    return
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()
