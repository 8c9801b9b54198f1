"""Writes what the synthetic landmarker saw as a track that `tracks.read_track` reads."""

import gzip
import json
from pathlib import Path
from typing import Any, TextIO, cast

from game.sense.observations import HandSeen
from game.sense.synthetic.player import Truth
from game.sense.synthetic.script import Performance


def write_track(path: Path, shown: Performance) -> int:
    """Writes the frames of a performance, gzipped when the name ends in .gz; returns how many.

    The first line also holds ``truth``: what was performed, and when.
    """
    camera = shown.camera
    head = {
        "clip": path.name,
        "width": camera.width_px,
        "height": camera.height_px,
        "fps": camera.fps,
        "truth": [_truth(truth) for truth in shown.player.truths],
    }
    count = 0
    with _opened(path) as stream:
        stream.write(json.dumps(head) + "\n")
        for seen in shown.scene.frames(shown.seconds, tracked=False):
            line = {
                "frame": count,
                "t_ms": round(1000.0 * seen.captured_s, 3),
                "hands": [_hand(hand) for hand in seen.hands],
            }
            stream.write(json.dumps(line) + "\n")
            count += 1
    return count


def _opened(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return cast(TextIO, gzip.open(path, "wt", encoding="utf-8", compresslevel=5))
    return path.open("w", encoding="utf-8")


def _hand(hand: HandSeen) -> dict[str, Any]:
    # As the landmarker gives them for the picture as it was taken: x is mirrored back.
    return {
        "handedness": hand.side.capitalize(),
        "score": round(hand.score, 4),
        "landmarks": [[round(1.0 - x, 6), round(y, 6), round(z, 6)] for x, y, z in hand.image],
        "world": [[round(-x, 6), round(y, 6), round(z, 6)] for x, y, z in hand.world],
    }


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "name": truth.action,
        "variant": truth.variant,
        "hands": list(truth.sides),
        "begin_s": round(truth.begin_s, 3),
        "shown_s": round(truth.shown_s, 3),
        "end_s": round(truth.end_s, 3),
        "steps": truth.steps,
    }
