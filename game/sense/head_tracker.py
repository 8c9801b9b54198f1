"""MediaPipe's face landmarker, turned into the place of the player's head before the camera, in metres."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.sense.camera import Pixels, SourceError, quiet_native_stderr
from game.sense.observations import Point3

MAX_FACES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Where a face is in the picture, as in a mirror; lengths in widths of the picture."""

    x: float
    y: float
    """Its middle, from the upper left corner."""
    width: float
    """From cheek to cheek."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """The nearest head in one picture, in the axes of `observations.HeadSeen`."""

    position_m: Point3
    yaw_rad: float
    faces: int
    places: tuple[Face, ...] = ()
    """Of all faces, the nearest head's first."""


def head_pose(matrices: list[NDArray[np.float64]], places: Sequence[Face] = ()) -> HeadPose | None:
    """The nearest of the faces' (4, 4) transformation matrices; None when there is none.

    Theirs: centimetres, camera at the origin, x right in the unmirrored picture, y up, z towards the camera.
    ``places`` are the faces' in the same order.
    """
    usable = [i for i, m in enumerate(matrices) if m.shape == (4, 4) and np.isfinite(m).all()]
    if not usable:
        return None
    usable.sort(key=lambda i: float(np.sqrt((matrices[i][:3, 3] ** 2).sum())))
    nearest = matrices[usable[0]]
    x_cm, y_cm, z_cm = (float(v) for v in nearest[:3, 3])
    faces_x, faces_z = float(nearest[0, 2]), float(nearest[2, 2])
    return HeadPose(
        position_m=(-x_cm / 100.0, -z_cm / 100.0, y_cm / 100.0),
        yaw_rad=math.atan2(-faces_x, faces_z),
        faces=len(usable),
        places=tuple(places[i] for i in usable if i < len(places)),
    )


def face_place(points: NDArray[np.float64], *, aspect: float) -> Face:
    """The place of a face of (n, 2) landmarks, 0 to 1 of the unmirrored picture."""
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = (float(v) for v in (low + high) / 2.0)
    return Face(x=1.0 - x, y=y / aspect, width=float(high[0] - low[0]))


class HeadTracker:
    """Finds the player's head, on the processor. Close it before the interpreter ends.

    Raises `SourceError` with a sentence when the model cannot be loaded.
    """

    def __init__(self, model: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            num_faces=MAX_FACES,
            output_facial_transformation_matrixes=True,
        )
        self._landmarker: Any = None
        try:
            with quiet_native_stderr():
                self._landmarker = vision.FaceLandmarker.create_from_options(options)
                self._landmarker.detect_for_video(_image(np.zeros((96, 96, 3), dtype=np.uint8)), 0)
        except (RuntimeError, ValueError, OSError) as error:
            self.close()
            raise SourceError(f"The face model {model.name} cannot be loaded.") from error
        self._stamp_ms = 0

    def detect(self, rgb: Pixels, captured_s: float) -> HeadPose | None:
        """The player's head in an unmirrored (height, width, 3) picture; None when no face is seen."""
        self._stamp_ms = max(self._stamp_ms + 1, round(captured_s * 1000.0))
        found = self._landmarker.detect_for_video(_image(rgb), self._stamp_ms)
        aspect = rgb.shape[1] / rgb.shape[0]
        places = [
            face_place(np.array([(p.x, p.y) for p in face]), aspect=aspect) for face in found.face_landmarks
        ]
        matrices = [np.array(m, dtype=np.float64) for m in found.facial_transformation_matrixes]
        return head_pose(matrices, places)

    def close(self) -> None:
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None


def _image(rgb: Pixels) -> Any:
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
