"""Training the classifier of `npc.kinds`: multinomial logistic regression on labelled player lines.

    python -m npc.training.kinds [--folds 5] [--check] [FOLDER ...]

The lines are those of npc/data/kinds.toml and of the dialogue of all personalities where a writer has told
their kind, or of the folders of screenplays that are named instead. The weights go to npc/data/kinds.npz; the
same lines give the same weights.
"""

import argparse
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from npc.assets import asset
from npc.kinds import BUCKETS, TRAINED, WEIGHTS, Kind, classify, marks, swears
from npc.personality import ACTS
from npc.screenplay import read_screenplay
from npc.text import plain, words

EXAMPLES: Final = Path(__file__).parents[1] / "data" / "kinds.toml"
_TESTS: Final = Path(__file__).parents[2] / "tests" / "npc"
JUDGES: Final = (_TESTS / "kinds_dev.tsv", _TESTS / "kinds_heldout.tsv")
"""Lines to judge by: neither they nor near copies of them are trained on, wherever they stand."""
WRITTEN_FOR_THIS: Final = 2.0
"""Weight of a line of kinds.toml."""
LATER: Final = 0.6
"""Weight of a line within a conversation: its kind may hang on what went before."""
COPY: Final = 2 / 3
"""Two lines that share so much of their words are copies."""
EVEN: Final = 0.5
"""0 counts every line alike, 1 every kind alike."""
SHRINK: Final = 1e-5
"""Half the sum of the squared weights counts so much beside the mean loss of a line (nats)."""
STEPS: Final = 80
_MEMORY: Final = 8
"""Steps that L-BFGS remembers."""
_SEED: Final = 0
_NAMES: Final = frozenset(map(str, Kind))

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_OF_ONESELF: Final = re.compile(
    r"^(?:im|ive|my|our|we|weve)\b"
    r"|^i\b(?! (?:think|heard|wonder|bet|guess|read|hear|see|saw|hope|know|dare|challenge|dont know)\b)"
)
_OF_THE_CHILD: Final = re.compile(
    r"^(?:do you (?:ever|like|eat|drink|sleep|dance|feel|dream|want|get|have a)|do you know how to"
    r"|have you (?:ever|been|tried|seen|eaten|built)|(?:whats|what is) your|would you rather|what would you"
    r"|(?:tell me about|describe) your(?:self)?|are you (?:ever|married))\b"
    r"|^can you (?:dance|whistle|swim|fly|cook|read|write|count|jump|climb|sing|swear)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One player line with its kind."""

    said: str
    """In plain words."""
    kind: Kind
    weight: float


def agreed(kind: Kind, said: str) -> Kind:
    """The kind of a line of dialogue where its writers differ among themselves.

    Who tells of themselves or asks the character about itself expects to be answered on that, whatever the
    subject; and a swear word in an insult makes it swearing.
    """
    if kind is Kind.OFF_TOPIC and _OF_ONESELF.search(said):
        return Kind.ABOUT_PLAYER
    if kind is Kind.OFF_TOPIC and _OF_THE_CHILD.search(said):
        return Kind.ABOUT_CHILD
    if kind is Kind.INSULT and swears(said):
        return Kind.SWEARING
    return kind


def read_judged(path: Path) -> list[tuple[Kind, str]]:
    """The lines "kind<TAB>words" of a file; empty lines are left out. Raises ValueError: file and line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line:
            continue
        kind, tab, said = line.partition("\t")
        if kind not in _NAMES or not tab or not plain(said):
            raise ValueError(f"{path}, line {number}: expected a kind, a tab and words, found '{line[:40]}'.")
        rows.append((Kind(kind), said))
    return rows


def gather(folders: Iterable[Path], *, without: Iterable[str] = ()) -> list[Labelled]:
    """The labelled lines of kinds.toml and of the screenplays in the folders, each once, in order of words;
    copies of lines ``without`` are left out, and kinds that are not trained. kinds.toml has the last word on
    the kind of its lines. Raises ValueError and PersonalityError: file, line, found, expected."""
    table = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    known: dict[str, dict[Kind, float]] = {}
    for name, lines in table.items():
        if name not in _NAMES:
            raise ValueError(f"{EXAMPLES}: expected the name of a kind, found '{name}'.")
        for line in lines:
            known.setdefault(plain(line), {})[Kind(name)] = WRITTEN_FOR_THIS
    settled = frozenset(known)
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            for conversation in read_screenplay(path, ACTS):
                for number, pair in enumerate(conversation.pairs):
                    said = plain(pair.player)
                    if pair.kind is None or pair.player.startswith("[") or said in settled:
                        continue
                    weights = known.setdefault(said, {})
                    kind = agreed(Kind(pair.kind), said)
                    weights[kind] = max(weights.get(kind, 0.0), LATER if number else 1.0)
    barred = [frozenset(words(line)) for line in without]
    return [
        Labelled(said=said, kind=kind, weight=weight)
        for said, weights in sorted(known.items())
        if said and not _copies(frozenset(said.split()), barred)
        for kind, weight in sorted(weights.items())
        if kind in TRAINED
    ]


def _copies(found: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    return any(len(found & other) >= COPY * len(found | other) for other in others)


class _Rows:
    """Sparse (lines, BUCKETS) matrix, kept by line and by bucket so that both products are one pass."""

    def __init__(self, rows: Sequence[Mapping[int, float]]) -> None:
        """``rows``: none of them empty."""
        sizes = np.array([len(row) for row in rows], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self._bucket: Ints = np.array([bucket for row in rows for bucket in row], dtype=np.int64)
        self._value: Floats = np.array([value for row in rows for value in row.values()], dtype=np.float32)
        by_bucket = np.argsort(self._bucket, kind="stable")
        self._line = np.repeat(np.arange(len(rows)), sizes)[by_bucket]
        self._value_of_line = self._value[by_bucket]
        self._seen, self._bucket_starts = np.unique(self._bucket[by_bucket], return_index=True)

    def times(self, weights: Floats) -> Floats:
        """(lines, kinds) from (BUCKETS, kinds)."""
        return np.add.reduceat(weights[self._bucket] * self._value[:, None], self._starts, axis=0)

    def transposed_times(self, errors: Floats) -> Floats:
        """(BUCKETS, kinds) from (lines, kinds)."""
        result = np.zeros((BUCKETS, errors.shape[1]), dtype=np.float32)
        products = errors[self._line] * self._value_of_line[:, None]
        result[self._seen] = np.add.reduceat(products, self._bucket_starts, axis=0)
        return result


def _minimise(loss: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """L-BFGS with halved steps (Nocedal and Wright, Numerical Optimization, algorithm 7.5)."""
    here = start
    value, slope = loss(here)
    steps: list[tuple[Floats, Floats]] = []
    for _ in range(STEPS):
        way = slope.copy()
        shares = []
        for step, change in reversed(steps):
            shares.append(float(step @ way) / float(change @ step))
            way -= shares[-1] * change
        if steps:
            step, change = steps[-1]
            way *= float(step @ change) / float(change @ change)
        for (step, change), share in zip(steps, reversed(shares), strict=True):
            way += step * (share - float(change @ way) / float(change @ step))
        length, falls = 1.0, float(slope @ way)
        for _ in range(20):
            there = here - np.float32(length) * way
            new_value, new_slope = loss(there)
            if new_value <= value - 1e-4 * length * falls:
                break
            length /= 2
        else:
            return here
        step, change = there - here, new_slope - slope
        if float(step @ change) > 0:
            steps = [*steps, (step, change)][-_MEMORY:]
        here, value, slope = there, new_value, new_slope
    return here


def fit(lines: Sequence[Labelled], rows: Sequence[Mapping[int, float]]) -> Floats:
    """Weights (BUCKETS, kinds) for ``TRAINED``, from lines and their marks."""
    matrix = _Rows(rows)
    column = np.array([TRAINED.index(line.kind) for line in lines])
    often = Counter(line.kind for line in lines)
    fair = {kind: (len(lines) / len(often) / times) ** EVEN for kind, times in often.items()}
    weight = np.array([line.weight * fair[line.kind] for line in lines], dtype=np.float32)
    weight /= weight.sum()
    wanted = np.zeros((len(lines), len(TRAINED)), dtype=np.float32)
    wanted[np.arange(len(lines)), column] = 1.0

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(BUCKETS, len(TRAINED))
        odds = matrix.times(weights)
        odds -= odds.max(axis=1, keepdims=True)
        odds -= np.log(np.exp(odds).sum(axis=1, keepdims=True))
        value = -float((weight * odds[np.arange(len(lines)), column]).sum()) + SHRINK / 2 * float(flat @ flat)
        errors = (weight[:, None] * (np.exp(odds) - wanted)).astype(np.float32)
        return value, (matrix.transposed_times(errors) + SHRINK * weights).ravel()

    return _minimise(loss, np.zeros(BUCKETS * len(TRAINED), dtype=np.float32)).reshape(BUCKETS, len(TRAINED))


def cross_validated(lines: Sequence[Labelled], rows: Sequence[Mapping[int, float]], folds: int) -> list[Kind]:
    """The kind that each line is given by weights trained on the other folds."""
    words = sorted({line.said for line in lines})
    drawn = np.random.default_rng(_SEED).permutation(len(words)) % folds
    fold_of = dict(zip(words, drawn.tolist(), strict=True))
    given = [Kind.OFF_TOPIC] * len(lines)
    for fold in range(folds):
        learn = [i for i, line in enumerate(lines) if fold_of[line.said] != fold]
        judge = [i for i, line in enumerate(lines) if fold_of[line.said] == fold]
        weights = fit([lines[i] for i in learn], [rows[i] for i in learn])
        likeliest = _Rows([rows[i] for i in judge]).times(weights).argmax(axis=1)
        for i, column in zip(judge, likeliest.tolist(), strict=True):
            given[i] = TRAINED[column]
    return given


def write_weights(path: Path, weights: Floats) -> None:
    """Write weights (BUCKETS, kinds) as bytes with one scale a kind."""
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    table = np.rint(weights / np.where(scale > 0, scale, 1)).astype(np.int8)
    np.savez_compressed(path, kinds=np.array([str(kind) for kind in TRAINED]), table=table, scale=scale)


def confusions(pairs: Iterable[tuple[Kind, Kind]], most: int = 12) -> str:
    """A table of how often one kind was taken for another, from (is, taken for)."""
    wrong = Counter((kind, given) for kind, given in pairs if kind is not given)
    rows = (f"  {times:4} {kind} taken for {given}" for (kind, given), times in wrong.most_common(most))
    return "\n".join(rows)


def _tell(name: str, pairs: Sequence[tuple[Kind, Kind]]) -> None:
    right = sum(kind is given for kind, given in pairs)
    print(f"{name}: {right} of {len(pairs)} right ({100 * right / len(pairs):.1f} %)")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the classifier of the kinds of turn.")
    parser.add_argument("folders", nargs="*", type=Path, help="folders of screenplays (all personalities')")
    parser.add_argument("--folds", type=int, default=5, help="parts of the cross-validation; 0 for none")
    parser.add_argument("--check", action="store_true", help="only judge the weights that are there")
    asked = parser.parse_args(arguments)
    judged = {path: read_judged(path) for path in JUDGES if path.exists()}
    if not asked.check:
        folders = asked.folders or sorted(asset("personalities").glob("*/dialogue"))
        lines = gather(folders, without=(said for rows in judged.values() for _, said in rows))
        rows = [marks(line.said) for line in lines]
        print(f"{len(lines)} lines from kinds.toml and {len(folders)} folders of dialogue")
        if asked.folds > 1:
            given = cross_validated(lines, rows, asked.folds)
            pairs = [(line.kind, kind) for line, kind in zip(lines, given, strict=True)]
            _tell(f"cross-validated in {asked.folds} parts, without rules", pairs)
            print(confusions(pairs))
        write_weights(WEIGHTS, fit(lines, rows))
        print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1024:.0f} KiB")
    for path, known in judged.items():
        pairs = [(kind, classify(said).kind) for kind, said in known]
        _tell(path.name, pairs)
        print(confusions(pairs))


if __name__ == "__main__":
    main()
