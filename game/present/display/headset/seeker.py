"""Looks for a headset: once at the beginning, and beside the game when one was lost."""

import threading

from game.present.display.headset.instance import Instance, load
from game.present.display.headset.openxr import OpenXrRuntime
from game.present.display.headset.runtime import NoHeadset


class OpenXrSeeker:
    """Reaching a runtime that does not answer takes most of a second, so it is done on a thread; the session
    itself is made where the picture is drawn."""

    def __init__(self) -> None:
        self._found: Instance | None = None
        self._fault: NoHeadset | None = None
        self._thread: threading.Thread | None = None
        self._look()

    def _look(self) -> None:
        try:
            self._found = Instance(load())
        except NoHeadset as error:
            self._fault = error

    def seek(self) -> None:
        if self._found is None and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._look, name="headset seeker", daemon=True)
            self._thread.start()

    def take(self) -> OpenXrRuntime | None:
        if self._thread is not None:
            if self._thread.is_alive():
                return None
            self._thread = None
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
        found, self._found = self._found, None
        if found is None:
            return None
        try:
            return OpenXrRuntime(found)
        except BaseException:
            found.close()
            raise

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join()
        found, self._found = self._found, None
        if found is not None:
            found.close()
