"""The room by XR_FB_passthrough, for runtimes that show it as a layer and list no alpha blend.

Written after the extension's specification; no runtime that has it was at hand, so it has not been run.
"""

import ctypes
from typing import Any

from game.present.display.headset.instance import Instance


class Passthrough:
    """The cameras' picture as the lowest layer of every frame."""

    def __init__(self, instance: Instance, session: Any) -> None:
        xr = instance.xr
        self._ends = [
            instance.call(name) for name in ("xrDestroyPassthroughLayerFB", "xrDestroyPassthroughFB")
        ]
        running = xr.PassthroughFlagsFB.IS_RUNNING_AT_CREATION_BIT
        self._whole = xr.create_passthrough_fb(session, xr.PassthroughCreateInfoFB(flags=running))
        self._handle = xr.create_passthrough_layer_fb(
            session,
            xr.PassthroughLayerCreateInfoFB(
                passthrough=self._whole, flags=running, purpose=xr.PassthroughLayerPurposeFB.RECONSTRUCTION
            ),
        )
        self.layer = xr.CompositionLayerPassthroughFB(
            flags=xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT, space=None,
            layer_handle=self._handle,
        )  # fmt: skip

    def pointer(self, kind: Any) -> Any:
        """The layer as a pointer to ``kind``."""
        return ctypes.cast(ctypes.pointer(self.layer), ctypes.POINTER(kind))

    def close(self) -> None:
        self._ends[0](self._handle)
        self._ends[1](self._whole)
