"""What an audition found, as a document to keep and compare, and as rows for a reader."""

import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from npc.coverage import ENOUGH, coverage
from npc.dialogue import REWORDED_SHARE
from npc.personality import Personality
from npc.trust import BANDS

SHOWN: Final = 10
"""So many repeated openings, and so many forbidden lines, are shown."""
_TIME: Final = "first sentence p50, s"
"""A count that differs from one hearing to the next, whatever has been written."""
_REWORDED: Final = "replies reworded, %"
_MAX_FILE_BYTES: Final = 4 * 1024 * 1024


class AuditionError(ValueError):
    """A file of lines or of an earlier audition cannot be used; one sentence."""


def document(
    personality: Personality,
    said: Sequence[dict[str, Any]],
    *,
    seed: int,
    candidates: int,
    trust: float | None = None,
) -> dict[str, Any]:
    """What ``--save`` and ``--json`` write. ``trust`` is that of lines of one's own; None with the fixed
    ones."""
    found = coverage(personality)
    waits = [one["first_sentence_s"] for one in said if one["speaker"] == "model"]
    spoken = [one for one in said if one["speaker"] != "silent"]
    holes = found["holes"]
    counts: dict[str, float | None] = {
        "replies": len(spoken),
        "replies by the model": len(waits),
        "share of the model": round(len(waits) / len(spoken), 3) if spoken else None,
        _TIME: round(float(np.median(waits)), 3) if waits else None,
        "written exchanges": found["exchanges"],
        "written, all wordings": found["wordings"],
        _REWORDED: round(100.0 * found["reworded"], 1),
        "written lines": found["lines"],
        "repeated openings": len(found["openings"]),
        "holes kind x mood": sum(len(moods) for moods in holes["kind"].values()),
        "holes act x mood": sum(len(moods) for moods in holes["act"].values()),
        "acts with nothing written": len(found["acts_unwritten"]),
        "kinds without lines": len(found["kinds_without_lines"]),
        "forbidden lines": len(found["forbidden"]),
        "gestures never used": len(found["gestures_unused"]),
    }
    return {
        "character": personality.key,
        "seed": seed,
        "candidates": candidates,
        "trust": trust,
        "replies": list(said),
        "counts": counts,
        "written": found,
    }


def read_document(path: Path) -> dict[str, Any]:
    """A document that ``--save`` wrote, as far as a comparison needs it. Raises AuditionError."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise AuditionError(f"{path}: larger than {_MAX_FILE_BYTES // 1024 // 1024} MiB.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuditionError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise AuditionError(f"{path}: byte {error.start} is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise AuditionError(f"{path}, line {error.lineno}: expected JSON, found {error.msg}.") from error
    except RecursionError as error:
        raise AuditionError(f"{path}: nested too deeply.") from error
    if not isinstance(found, dict):
        raise AuditionError(f"{path}: expected what hollow audition --save writes, found {_named(found)}.")
    for key, kind, expected in (
        ("replies", list, "a list"),
        ("counts", dict, "a table"),
        ("character", str, "a text"),
        ("seed", int, "a whole number"),
        ("candidates", int, "a whole number"),
    ):
        if not isinstance(found.get(key), kind):
            raise AuditionError(f"{path}: {key}: expected {expected}, found {_named(found.get(key))}.")
    for number, one in enumerate(found["replies"], 1):
        for key in ("line", "text", "speaker"):
            value = one.get(key) if isinstance(one, dict) else None
            if not isinstance(value, str):
                raise AuditionError(
                    f"{path}: replies, entry {number}: {key}: expected a text, found {_named(value)}."
                )
    for key, value in found["counts"].items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise AuditionError(f"{path}: counts: {key[:40]}: expected a number, found {_named(value)}.")
    return found


def _named(value: object) -> str:
    return "nothing" if value is None else textwrap.shorten(repr(value), 60, placeholder="...")


def refuse_unlike(path: Path, old: dict[str, Any], *, character: str, seed: int, trust: float | None) -> None:
    """Raises AuditionError when the document ``old`` from ``path`` is of something else than what is heard
    now."""
    if old["character"] != character:
        raise AuditionError(f"{path} was heard of {old['character'][:40]}, this is {character}.")
    if old["seed"] != seed:
        raise AuditionError(f"{path} was heard with seed {old['seed']}, this is {seed}.")
    if old.get("trust") != trust:
        before, now = (
            "on the fixed lines" if value is None else f"on lines at trust {value}"
            for value in (old.get("trust"), trust)
        )
        raise AuditionError(f"{path} was heard {before}, this is {now}.")


def unlike(path: Path, old: dict[str, Any], candidates: int) -> str | None:
    """A sentence on what makes replies differ from those of the document ``old`` even where nothing else has
    changed, or None."""
    if old["candidates"] == candidates:
        return None
    before, now = (_choice(count) for count in (old["candidates"], candidates))
    return f"{path} was heard with {before}, this is with {now}: for that alone replies differ."


def _choice(candidates: int) -> str:
    if candidates < 1:
        return "the written lines alone"
    return "one candidate" if candidates == 1 else f"{candidates} candidates"


def changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What differs between two documents: replies by their line, counts by their name. How long the replies
    took is left out."""
    before = by_line(old["replies"])
    now = by_line(new["replies"])
    return {
        "replies": [
            {"line": key[0], "old": _said(before.get(key)), "new": _said(now.get(key))}
            for key in dict.fromkeys((*now, *before))
            if _said(before.get(key)) != _said(now.get(key))
        ],
        "counts": {
            name: [old["counts"].get(name), new["counts"].get(name)]
            for name in dict.fromkeys((*new["counts"], *old["counts"]))
            if name != _TIME and old["counts"].get(name) != new["counts"].get(name)
        },
    }


def by_line(said: Sequence[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """Replies by their line, and by the how manyeth time it is put."""
    seen: Counter[str] = Counter()
    found = {}
    for one in said:
        found[(one["line"], seen[one["line"]])] = one
        seen[one["line"]] += 1
    return found


def _said(one: dict[str, Any] | None) -> str | None:
    """Who said what, for a reader; None where the line was not put."""
    if one is None:
        return None
    if one["speaker"] == "silent":
        return "(silent)"
    gesture = f"[{one['gesture']}] " if one.get("gesture") else ""
    return f"{one['speaker']}: {gesture}{one['text']}"


def reply_rows(one: dict[str, Any]) -> list[str]:
    """A line and the reply to it."""
    return [_asked(one), f"    {_said(one)}"]


def compared_rows(old: dict[str, Any] | None, new: dict[str, Any], width: int) -> list[str]:
    """A line with the old reply and the new one side by side, in ``width`` characters."""
    before, now = _said(old), _said(new) or ""
    if before == now:
        return [_asked(new), f"  = {now}"]
    column = (width - 7) // 2
    left = textwrap.wrap(before or "(not asked)", column)
    right = textwrap.wrap(now, column)
    rows = [_asked(new)]
    for i in range(max(len(left), len(right))):
        one, other = (side[i] if i < len(side) else "" for side in (left, right))
        rows.append(f"    {one:<{column}} | {other}".rstrip())
    return rows


def _asked(one: dict[str, Any]) -> str:
    return f"{one['mood']:<8} {one['kind']:<12} {one['act']:<10} {one['line'] or '(silence)'}"


def summary_rows(result: dict[str, Any], width: int) -> list[str]:
    """Counts, openings, holes."""
    counts, found = result["counts"], result["written"]
    rows = []
    for name, value in counts.items():
        shown = "-" if value is None else f"{value:.0%}" if name.startswith("share") else f"{value:g}"
        note = f"  (the model rewords from {REWORDED_SHARE:.0%})" if name == _REWORDED else ""
        rows.append(f"{name:<26} {shown}{note}")
    if found["openings"]:
        rows += ["", "The commonest openings:"]
        rows += [f"  {count:4d}  {opening} ..." for opening, count in found["openings"][:SHOWN]]
    for name, title in (("kind", "Kinds of turn"), ("act", "Acts")):
        holes = found["holes"][name]
        if holes and found["exchanges"]:
            rows += ["", f"{title} with fewer than {ENOUGH} written exchanges:"]
            rows += [_hole(one, few) for one, few in holes.items()]
    lists = (
        ("Acts that the policy uses and nothing is written for", found["acts_unwritten"]),
        ("Kinds of turn without lines", found["kinds_without_lines"]),
        ("Gestures that nothing written uses", found["gestures_unused"]),
        ("Gestures that the dialogue never uses", found["gestures_not_in_dialogue"]),
    )
    if any(names for _, names in lists):
        rows.append("")
    for title, names in lists:
        if names:
            rows += textwrap.wrap(f"{title}: {', '.join(names)}.", width, subsequent_indent="  ")
    if found["forbidden"]:
        rows += ["", "Lines that the checks would forbid, and that are left out:"]
        rows += [f"  {note}" for note in found["forbidden"][:SHOWN]]
        if len(found["forbidden"]) > SHOWN:
            rows.append(f"  and {len(found['forbidden']) - SHOWN} more (--json lists them all)")
    return rows


def _hole(name: str, few: Mapping[str, int]) -> str:
    cells = (f"{mood} {few[mood]}" if mood in few else "" for mood in BANDS)
    return f"  {name:<13} " + "".join(f"{cell:<12}" for cell in cells).rstrip()


def changed_rows(changed: dict[str, Any], total: int) -> list[str]:
    """What changed in the counts."""
    rows = ["", f"{len(changed['replies'])} of {total} replies have changed. Counts that have:"]
    for name, (old, new) in changed["counts"].items():
        before, now = ("-" if value is None else f"{value:g}" for value in (old, new))
        rows.append(f"  {name:<26} {before} -> {now}")
    return rows if changed["counts"] else [rows[0], rows[1].replace(" Counts that have:", " No count has.")]
