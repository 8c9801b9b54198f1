"""A headset whose cameras see a room: an OpenXR API layer, in this process and for tests only.

Monado's simulated headset lists no way of seeing the room. This layer lists those that it is given, and lays
a wall of light of one colour under the game's picture, and with ``tiled`` a wall and a floor of tiles before
it, so that the runtime's own compositor blends them by the game's alpha. Below it every frame is opaque.
"""

import ctypes
import math
from ctypes import POINTER, byref, c_void_p, cast, pointer
from typing import Any, Final

import numpy as np
import xr
from numpy.typing import NDArray
from OpenGL import GL

from tests.headset.screens import FLOOR, WALL, tile_colours

NAME: Final = "XR_APILAYER_HOLLOW_test_room"
ROOM: Final = (200, 160, 60)
_FAR_M: Final = 3.0
_WIDE_M: Final = 40.0
_TILED_M: Final = 8.0
"""Width of the tiled floor, and of the wall."""
_TILE_M: Final = 0.5
_WALL_M: Final = -2.41
"""Where a wall stands that opens 2.4 m before the player: OpenXR's z."""
_TILE_PX: Final = 32


class RoomLayer(xr.DynamicApiLayerBase):  # type: ignore[misc,unused-ignore]
    """Made before the instance; its name goes into ``XR_ENABLE_API_LAYERS``."""

    def __init__(self, modes: tuple[str, ...], *, tiled: bool = False) -> None:
        super().__init__(NAME, "a room of one colour")
        self._modes = [xr.EnvironmentBlendMode[mode].value for mode in modes]
        self.submitted: dict[str, int] = {}
        """How many frames were ended in each mode."""
        self.faults: list[str] = []
        self._instance: int | None = None
        self._tiled = tiled
        self._room: list[Any] = []
        self._kept: list[Any] = []
        self._lookup = xr.PFN_xrGetInstanceProcAddr(self._find)
        self._create = xr.PFN_xrCreateApiLayerInstance(self._create_instance)
        self._own = {
            b"xrEnumerateEnvironmentBlendModes": xr.PFN_xrEnumerateEnvironmentBlendModes(self._list_modes),
            b"xrDestroySession": xr.PFN_xrDestroySession(self._forget),
            b"xrEndFrame": xr.PFN_xrEndFrame(self._end_frame),
        }

    def negotiate_loader_api_layer_interface(self, loader_info: Any, layer_name: Any, request: Any) -> Any:
        request.layer_interface_version = 1
        request.layer_api_version = xr.Version(1, 0, 34).number()
        request.get_instance_proc_addr = self._lookup
        request.create_api_layer_instance = self._create
        return xr.Result.SUCCESS

    def _create_instance(self, info: Any, layer_info: Any, instance: Any) -> Any:
        here = layer_info.contents
        below = here.next_info.contents
        # The address is copied, because the loader frees what it stands in.
        self._below = xr.PFN_xrGetInstanceProcAddr(cast(below.next_get_instance_proc_addr, c_void_p).value)
        passed = xr.ApiLayerCreateInfo()
        ctypes.memmove(byref(passed), byref(here), ctypes.sizeof(passed))
        passed.next_info = below.next
        result = below.next_create_api_layer_instance(info, pointer(passed), instance)
        if result == 0:
            self._instance = cast(instance, POINTER(c_void_p)).contents.value
        return result

    def _find(self, instance: Any, name: bytes, found: Any) -> Any:
        if name in self._own:
            ctypes.memmove(found, byref(self._own[name]), ctypes.sizeof(c_void_p))
            return 0
        return self._below(instance, name, found)

    def _call(self, name: str, *arguments: Any) -> None:
        function = xr.PFN_xrVoidFunction()
        self._below(cast(c_void_p(self._instance), xr.Instance), name.encode(), pointer(function))
        result = cast(function, getattr(xr, "PFN_" + name))(*arguments)
        if int(result) != 0:
            raise RuntimeError(f"{name} gave {int(result)}")

    def _list_modes(
        self, instance: Any, system: Any, view: Any, capacity: int, count: Any, modes: Any
    ) -> int:
        count[0] = len(self._modes)
        for number, mode in enumerate(self._modes[:capacity]):
            modes[number] = mode
        return 0

    def _forget(self, session: Any) -> int:
        self._room, self._kept = [], []
        self._call("xrDestroySession", session)
        return 0

    def _build_room(self, session: Any) -> None:
        view = self._space(session, xr.ReferenceSpaceType.VIEW)
        plain = np.full((16, 16, 4), (*ROOM, 255), dtype=np.uint8)
        self._room = [self._quad(session, view, plain, _WIDE_M, at=(0.0, 0.0, -_FAR_M))]
        if self._tiled:
            stage = self._space(session, xr.ReferenceSpaceType.STAGE)
            down = xr.Quaternionf(-math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
            self._room += [
                self._quad(session, stage, tiles(FLOOR), _TILED_M, at=(0.0, 0.0, 0.0), turn=down),
                self._quad(session, stage, tiles(WALL), _TILED_M,
                           at=(0.0, _TILED_M / 2.0, _WALL_M)),
            ]  # fmt: skip

    def _space(self, session: Any, kind: Any) -> Any:
        space = xr.Space()
        info = xr.ReferenceSpaceCreateInfo(kind, xr.Posef())
        self._call("xrCreateReferenceSpace", session, pointer(info), pointer(space))
        self._kept.append(space)
        return space

    def _quad(
        self, session: Any, space: Any, pixels: NDArray[np.uint8], wide_m: float, *,
        at: tuple[float, float, float], turn: Any = None,
    ) -> Any:  # fmt: skip
        """A square layer with these pixels (side, side, 4), ``wide_m`` metres wide."""
        side = len(pixels)
        info = xr.SwapchainCreateInfo(
            usage_flags=xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT | xr.SwapchainUsageFlags.SAMPLED_BIT,
            create_flags=xr.SwapchainCreateFlags.STATIC_IMAGE_BIT, format=GL.GL_SRGB8_ALPHA8, sample_count=1,
            width=side, height=side, face_count=1, array_size=1, mip_count=1,
        )  # fmt: skip
        chain = xr.Swapchain()
        self._call("xrCreateSwapchain", session, pointer(info), pointer(chain))
        count, number = ctypes.c_uint32(), ctypes.c_uint32()
        images = (xr.SwapchainImageOpenGLKHR * 4)(*(xr.SwapchainImageOpenGLKHR() for _ in range(4)))
        self._call("xrEnumerateSwapchainImages", chain, 4, byref(count),
                   cast(images, POINTER(xr.SwapchainImageBaseHeader)))  # fmt: skip
        self._call("xrAcquireSwapchainImage", chain, pointer(xr.SwapchainImageAcquireInfo()), byref(number))
        self._call("xrWaitSwapchainImage", chain, pointer(xr.SwapchainImageWaitInfo(10**9)))
        bound = int(GL.glGetIntegerv(GL.GL_TEXTURE_BINDING_2D))
        GL.glBindTexture(GL.GL_TEXTURE_2D, images[number.value].image)
        GL.glTexSubImage2D(
            GL.GL_TEXTURE_2D, 0, 0, 0, side, side, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels.tobytes()
        )
        GL.glBindTexture(GL.GL_TEXTURE_2D, bound)
        self._call("xrReleaseSwapchainImage", chain, pointer(xr.SwapchainImageReleaseInfo()))
        whole = xr.Rect2Di(xr.Offset2Di(0, 0), xr.Extent2Di(side, side))
        self._kept += [chain, images]
        return xr.CompositionLayerQuad(
            space=space, eye_visibility=xr.EyeVisibility.BOTH,
            sub_image=xr.SwapchainSubImage(chain, whole, 0),
            pose=xr.Posef(turn or xr.Quaternionf(0, 0, 0, 1), xr.Vector3f(*at)),
            size=xr.Extent2Df(wide_m, wide_m),
        )  # fmt: skip

    def _end_frame(self, session: Any, info: Any) -> int:
        try:
            ended = info.contents
            mode = ended.environment_blend_mode
            self.submitted[mode.name] = self.submitted.get(mode.name, 0) + 1
            if mode.value not in self._modes:
                return int(xr.Result.ERROR_ENVIRONMENT_BLEND_MODE_UNSUPPORTED.value)
            layers = [ended._layers[number] for number in range(ended.layer_count)]
            if mode == xr.EnvironmentBlendMode.ALPHA_BLEND and layers:
                if not any(int(layer.contents.layer_flags) & 2 for layer in layers):
                    self.faults.append("a layer that is blended by alpha does not say so")
                if not self._room:
                    self._build_room(session)
                base = POINTER(xr.CompositionLayerBaseHeader)
                layers[:0] = [cast(pointer(quad), base) for quad in self._room]
            table = (POINTER(xr.CompositionLayerBaseHeader) * max(1, len(layers)))(*layers)
            below = xr.FrameEndInfo(ended.display_time, xr.EnvironmentBlendMode.OPAQUE)
            below._next, below.layer_count = ended._next, len(layers)
            below._layers = cast(table, type(below._layers))
            self._call("xrEndFrame", session, pointer(below))
            return 0
        except Exception as error:  # noqa: BLE001 - nothing may leave a callback of C
            self.faults.append(repr(error))
            return int(xr.Result.ERROR_RUNTIME_FAILURE.value)


def tiles(colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """(side, side, 4) of a square of `_TILED_M`, every other tile a third darker."""
    count = round(_TILED_M / _TILE_M)
    every = np.add.outer(np.arange(count), np.arange(count)) % 2
    levels = np.array(tile_colours(colour), dtype=np.uint8)[every]
    pixels = np.full((count, count, 4), 255, dtype=np.uint8)
    pixels[:, :, :3] = levels
    return pixels.repeat(_TILE_PX, axis=0).repeat(_TILE_PX, axis=1)
