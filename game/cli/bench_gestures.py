"""``hollow bench gestures``: how well the interpreter finds what a synthetic player performs, and what it
sees in everyday motion that is no gesture."""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final

import numpy as np

from game.cli.gesture_trials import Job, Result, minimum_s, play
from game.sense.synthetic.gestures import GESTURES
from game.sense.synthetic.player import Truth
from game.sense.synthetic.tracker import NOISE

RATES: Final = (7.5, 15.0, 30.0, 60.0)
EVERYDAY_S: Final = 300.0
"""Length of one evening of everyday motion: one person, one camera, a fresh interpreter."""
FRAMES_ALLOWED: Final = 2.0
"""Camera frames that a recognition may take, beside the gesture's own minimum."""
FOUND_LEAST: Final = 0.95
FALSE_MOST: Final = 0.3
"""False gestures a minute."""


def jobs_of(options: argparse.Namespace) -> list[Job]:
    """Everything that is to be played."""
    jobs = []
    cells = [(fps, noise) for fps in options.rates for noise in options.noise]
    for fps, noise in cells:
        jobs += [
            Job(fps=fps, noise=noise, seed=options.seed * 1_000_003 + k, gestures=tuple(options.gestures))
            for k in range(options.performances)
        ]
        left_s, k = options.hours * 3600.0 / len(cells), 0
        while left_s > 1.0:
            seed = options.seed * 1_000_003 + 500_000 + k
            jobs.append(Job(fps=fps, noise=noise, seed=seed, seconds=min(EVERYDAY_S, left_s)))
            left_s, k = left_s - EVERYDAY_S, k + 1
    return jobs


def report_of(results: Sequence[Result]) -> dict[str, Any]:
    """The document of ``--json``: shares, milliseconds, false gestures a minute."""
    rows: dict[tuple[str, float, str], list[tuple[Truth, float | None, list[str], float, bool]]] = (
        defaultdict(list)
    )
    everyday: dict[tuple[float, str], list[Result]] = defaultdict(list)
    resting: list[Result] = []
    for result in results:
        if result.job.seconds > 0.0:
            everyday[result.job.fps, result.job.noise].append(result)
        else:
            resting.append(result)
            for row, (blind_s, hidden) in zip(result.rows, result.unseen, strict=True):
                rows[row[0].variant, result.job.fps, result.job.noise].append((*row, blind_s, hidden))
    gestures: list[dict[str, Any]] = []
    for (variant, fps, noise), shown in sorted(rows.items(), key=lambda item: _order(*item[0])):
        hits = [(truth, hit, blind_s) for truth, hit, _, blind_s, _ in shown if hit is not None]
        delays = [hit - truth.shown_s for truth, hit, _ in hits]
        bar_s = [FRAMES_ALLOWED / fps + minimum_s(truth) for truth, _, _ in hits]
        over = [
            delay - bar - blind_s for delay, bar, (_, _, blind_s) in zip(delays, bar_s, hits, strict=True)
        ]
        blindly = [delay - bar for delay, bar in zip(delays, bar_s, strict=True)]
        found = len(delays) / len(shown)
        lost = sum(hit is None and gone for _, hit, _, _, gone in shown)
        found_of_seen = len(delays) / (len(shown) - lost) if len(shown) > lost else 0.0
        late_ms = _percentile(over, 95.0)
        gestures.append(
            {
                "gesture": variant,
                "action": shown[0][0].action,
                "fps": fps,
                "noise": noise,
                "performances": len(shown),
                "found": round(found, 4),
                "hidden": lost,
                "found_of_seen": round(found_of_seen, 4),
                "delay_ms": {"p50": _percentile(delays, 50.0), "p95": _percentile(delays, 95.0)},
                "allowed_ms": _percentile(bar_s, 50.0),
                "over_ms_p95": late_ms,
                "over_ms_p95_with_unseen": _percentile(blindly, 95.0),
                "passed": found_of_seen >= FOUND_LEAST and late_ms is not None and late_ms <= 0.0,
                "also_seen": dict(Counter(name for _, _, also, _, _ in shown for name in also).most_common()),
            }
        )
    return {
        "gestures": gestures,
        "everyday": [_everyday(key, several) for key, several in sorted(everyday.items())],
        "everyday_total": _everyday((0.0, "all"), [r for several in everyday.values() for r in several]),
        "resting": _everyday((0.0, "all"), resting),
    }


def _order(variant: str, fps: float, noise: str) -> tuple[int, float, int]:
    return list(GESTURES).index(variant), fps, list(NOISE).index(noise)


def _everyday(key: tuple[float, str], results: Sequence[Result]) -> dict[str, Any]:
    false = [one for result in results for one in result.false]
    minutes = sum(result.seconds for result in results) / 60.0
    by_activity: dict[str, Counter[str]] = defaultdict(Counter)
    for action, activity, _ in false:
        by_activity[activity][action] += 1
    rate = len(false) / minutes if minutes > 0.0 else 0.0
    return {
        "fps": key[0],
        "noise": key[1],
        "minutes": round(minutes, 2),
        "false": len(false),
        "false_per_minute": round(rate, 4),
        "passed": rate <= FALSE_MOST,
        "by_action": dict(Counter(action for action, _, _ in false).most_common()),
        "by_activity": {
            activity: dict(seen.most_common())
            for activity, seen in sorted(by_activity.items(), key=lambda item: -item[1].total())
        },
    }


def _percentile(values: Sequence[float], percent: float) -> float | None:
    """In milliseconds."""
    return round(1000.0 * float(np.percentile(values, percent)), 1) if len(values) else None


def add_parser(kinds: Any) -> None:
    """Adds ``gestures`` to ``bench``."""
    command: argparse.ArgumentParser = kinds.add_parser(
        "gestures",
        help="how many gestures of a synthetic player are found, how soon, and how many where there are none",
        description="Plays performances of every gesture, and everyday motion, through the interpreter.",
    )
    command.add_argument(
        "--performances",
        type=_count,
        default=20,
        metavar="N",
        help="of each gesture at each rate and noise (20)",
    )
    command.add_argument(
        "--hours",
        type=_hours,
        default=1.0,
        metavar="H",
        help="of everyday motion, over all rates and noises (1)",
    )
    command.add_argument("--rates", type=_rate, nargs="+", default=list(RATES), metavar="FPS")
    command.add_argument("--noise", nargs="+", choices=tuple(NOISE), default=list(NOISE), metavar="LEVEL")
    command.add_argument(
        "--gestures", nargs="+", choices=tuple(GESTURES), default=list(GESTURES), metavar="NAME"
    )
    command.add_argument("--seed", type=int, default=1, metavar="N")
    command.add_argument("--processes", type=_count, default=1, metavar="N", help="how many at once (1)")
    command.add_argument(
        "--list", action="store_true", help="also tell when and where each gesture was false or missed"
    )
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 100_000:
        raise argparse.ArgumentTypeError("a number from 0 on is wanted")
    return value


def _hours(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 1000.0:
        raise argparse.ArgumentTypeError("hours from 0 to 1000 are wanted")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 1.0 <= value <= 240.0:
        raise argparse.ArgumentTypeError("frames a second from 1 to 240 are wanted")
    return value


def run(options: argparse.Namespace) -> int:
    """Play everything and tell; 0 whether or not the bars are met."""
    started = time.perf_counter()
    jobs = jobs_of(options)
    if options.processes > 1:
        with ProcessPoolExecutor(options.processes) as pool:
            results = list(pool.map(play, jobs, chunksize=1))
    else:
        results = [play(job) for job in jobs]
    report = report_of(results)
    report["seed"] = options.seed
    report["wall_s"] = round(time.perf_counter() - started, 1)
    if options.list:
        report["false"] = [
            {"t_s": round(t_s, 2), "action": action, "doing": doing} | _evening(result)
            for result in results
            for action, doing, t_s in result.false
        ]
        report["missed"] = [
            {"t_s": round(truth.shown_s, 2), "gesture": truth.variant, "also_seen": also} | _evening(result)
            for result in results
            for truth, hit_s, also in result.rows
            if hit_s is None
        ]
    if options.json:
        json.dump(report, sys.stdout, indent=1)
        print()
        return 0
    _print(report)
    return 0


def _evening(result: Result) -> dict[str, Any]:
    """Which evening it was: the same seed gives the same person, distance and camera."""
    job = result.job
    return {"seed": job.seed, "fps": job.fps, "noise": job.noise, "distance_m": round(result.distance_m, 2)}


def _print(report: dict[str, Any]) -> None:
    for row in report["gestures"]:
        delay = row["delay_ms"]
        also = ", ".join(f"{name} {n}" for name, n in row["also_seen"].items())
        head = f"{row['gesture']:12} {row['fps']:5g} fps {row['noise']:7} found {100 * row['found']:5.1f} %"
        times = f"p50 {_ms(delay['p50'])} p95 {_ms(delay['p95'])} over {_ms(row['over_ms_p95'])} ms"
        verdict = "ok" if row["passed"] else "--"
        verdict += f"  {row['hidden']} hidden" if row["hidden"] else ""
        print(f"{head}  delay {times}  {verdict}{'  also ' + also if also else ''}")
    for part in (*report["everyday"], report["everyday_total"], report["resting"]):
        if not part["minutes"]:
            continue
        name = "everyday" if part is not report["resting"] else "resting between gestures"
        where = f" at {part['fps']:g} fps, {part['noise']}" if part["fps"] else ""
        seen = ", ".join(f"{action} {n}" for action, n in part["by_action"].items())
        rate, minutes = part["false_per_minute"], part["minutes"]
        print(f"{name}{where}: {rate:.3f} false a minute in {minutes:.0f} minutes ({seen})")
    for activity, seen in report["everyday_total"]["by_activity"].items():
        print(f"  {activity}: " + ", ".join(f"{action} {n}" for action, n in seen.items()))
    for row in report.get("false", ()):
        print(f"  false {row['action']} while {row['doing']} {_where(row)}")
    for row in report.get("missed", ()):
        print(f"  missed {row['gesture']} {_where(row)}")
    print(f"{report['wall_s']} s")


def _where(row: dict[str, Any]) -> str:
    evening = f"seed {row['seed']}, {row['fps']:g} fps, {row['noise']}, {row['distance_m']} m"
    return f"at {row['t_s']} s ({evening})"


def _ms(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.0f}"
