"""Pictures by Panda3D's graphics engine: a window, a whole screen, or a buffer that nobody sees.

The engine is driven directly: it needs no task manager and puts nothing into the builtins.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final, Literal

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray
from PIL import Image

from game.present.display.awake import NoVigil, Vigil, keep_awake
from game.present.display.connection import watch_connection
from game.present.display.input import WindowInput
from game.present.display.monitors import Monitor
from game.present.display.pace import Pacer
from game.present.display.pin import Corners
from game.present.display.pipeline import Pipeline
from game.present.display.port import Frame, Typed
from game.present.display.room import Room
from game.present.display.view import Stereo, make_views
from game.present.shading import Shaders
from game.sense.observations import PointerMoved

Kind = Literal["window", "fullscreen", "offscreen"]
BASIC: Final = """
gl-version 3 3
gl-coordinate-system default
audio-library-name null
notify-level-display fatal
notify-level-egldisplay fatal
notify-level-x11display fatal
notify-level-device fatal
textures-power-2 none
sync-video true
support-threads false
"""


class NoGraphics(RuntimeError):
    """No picture can be made on this machine; the text is a sentence for the player."""


def _pipes(kind: Kind, platform: str) -> tuple[str, ...]:
    if kind != "offscreen":
        return ("pandagl",)
    return ("p3headlessgl", "pandagl") if platform.startswith("linux") else ("pandagl",)


@cache
def _pipe(name: str) -> p3d.GraphicsPipe | None:
    """This process's one way to a graphics library; a second would end the first one's when it goes."""
    return p3d.GraphicsPipeSelection.get_global_ptr().make_module_pipe(name)


class PandaDisplay:
    """A display port on one graphics output; see `game.present.display.open_display`."""

    def __init__(
        self,
        *,
        kind: Kind,
        size: tuple[int, int],
        monitor: Monitor | None,
        room: Room,
        stereo: Stereo,
        shaders: Shaders,
        pacer: Pacer,
        faults: tuple[str, ...] = (),
        vsync: bool = True,
        awake: Callable[[], Vigil] = keep_awake,
        platform: str = sys.platform,
    ) -> None:
        self.room = room
        self.shaders = shaders
        self._pacer = pacer
        p3d.load_prc_file_data("hollow display", BASIC)
        # Beside a headset the window must not hold the frames up: the headset has the pace.
        p3d.ConfigVariableBool("sync-video").set_value(vsync)
        self._engine = p3d.GraphicsEngine.get_global_ptr()
        self._output, self._pipe = self._open(kind, size, monitor, platform)
        self._size = (self._output.get_x_size(), self._output.get_y_size())
        gsg = self._output.get_gsg()
        # Asked now: a window that was closed has nothing that could tell.
        self.renderer = f"{gsg.get_driver_renderer()}, OpenGL {gsg.get_driver_version()}"
        self._lost = False
        self.root = p3d.NodePath("light")
        self.views = make_views(self.root, room, stereo)
        self._submitted = False
        self._buffers: list[p3d.GraphicsOutput] = []
        try:
            self._pipeline = Pipeline(
                make_buffer=self.make_buffer,
                window=self._output,
                views=self.views,
                shaders=shaders,
                room=room,
                stereo=stereo,
                size=self._size,
            )
        except NoGraphics:
            self._drop()
            raise
        self._output.set_clear_color(p3d.LColor(0, 0, 0, 1))
        self._vigil: Vigil = NoVigil() if kind == "offscreen" else awake()
        self._input = None
        if isinstance(self._output, p3d.GraphicsWindow):
            self._input = WindowInput(self._output)
            watch_connection(self._lose)
        self.faults: tuple[str, ...] = tuple(filter(None, (*faults, self._vigil.fault)))
        """What this display lacks, a sentence each."""

    def _open(
        self, kind: Kind, size: tuple[int, int], monitor: Monitor | None, platform: str
    ) -> tuple[p3d.GraphicsOutput, p3d.GraphicsPipe]:
        wish = p3d.FrameBufferProperties()
        wish.set_rgba_bits(8, 8, 8, 0)
        # Without a back buffer the picture is drawn, can be read, and is never put on the screen.
        wish.set_back_buffers(0 if kind == "offscreen" else 1)
        look = p3d.WindowProperties.size(*size)
        look.set_title("Hollow")
        flags = p3d.GraphicsPipe.BF_refuse_window
        if kind != "offscreen":
            flags = p3d.GraphicsPipe.BF_require_window
            if kind == "fullscreen":
                look.set_cursor_hidden(True)
                look.set_undecorated(True)
                look.set_foreground(True)
            if monitor is not None:
                # A borderless window that fills the monitor, rather than a change of video mode: the
                # other monitors keep working and the projector keeps its native resolution.
                look.set_origin(*monitor.origin)
                if kind == "fullscreen":
                    look.set_size(*monitor.size)
            elif kind == "fullscreen":
                look.set_fullscreen(True)
        for name in _pipes(kind, platform):
            pipe = _pipe(name)
            if pipe is None:
                continue
            if kind == "fullscreen" and monitor is None and pipe.get_display_width() > 0:
                look.set_size(pipe.get_display_width(), pipe.get_display_height())
            output = self._engine.make_output(pipe, "picture", 0, wish, look, flags)
            if output is None:
                continue
            self._engine.open_windows()
            if output.is_valid() and output.get_gsg() is not None:
                gsg = output.get_gsg()
                if (gsg.get_driver_version_major(), gsg.get_driver_version_minor()) >= (3, 3):
                    return output, pipe
            self._engine.remove_window(output)
        what = "no hidden picture can be drawn" if kind == "offscreen" else "no window can be opened"
        raise NoGraphics(f"{what.capitalize()}: no OpenGL 3.3 was found on this machine.")

    @property
    def output(self) -> p3d.GraphicsOutput:
        """What is drawn into last, for another display that draws beside it."""
        return self._output

    @property
    def lights(self) -> list[p3d.Texture]:
        """The light of each view, floating point, before exposure."""
        return self._pipeline.lights

    def make_picture(self, name: str, size: tuple[int, int]) -> tuple[p3d.GraphicsOutput, p3d.Texture]:
        """A picture of eight bits with alpha beside the own one. Raises NoGraphics."""
        wish = p3d.FrameBufferProperties()
        wish.set_rgba_bits(8, 8, 8, 8)
        look = p3d.WindowProperties.size(*size)
        output = self._engine.make_output(
            self._pipe, name, -10, wish, look, p3d.GraphicsPipe.BF_refuse_window, self._output.get_gsg(),
            self._output,
        )  # fmt: skip
        if output is None:
            raise NoGraphics("The graphics driver refuses a picture for an eye.")
        self._buffers.append(output)
        picture = p3d.Texture(name)
        picture.set_format(p3d.Texture.F_rgba8)
        output.add_render_texture(picture, p3d.GraphicsOutput.RTM_bind_or_copy)
        output.set_clear_color(p3d.LColor(0, 0, 0, 0))
        return output, picture

    def drop(self, buffers: list[p3d.GraphicsOutput]) -> None:
        """End pictures and buffers that were made beside the own ones."""
        for buffer in buffers:
            self._buffers.remove(buffer)
            self._engine.remove_window(buffer)

    @property
    def buffers(self) -> list[p3d.GraphicsOutput]:
        """All that is drawn into before the last pass, now."""
        return list(self._buffers)

    def make_buffer(
        self, name: str, sort: int, size: tuple[int, int], depth: bool
    ) -> tuple[p3d.GraphicsOutput, p3d.Texture]:
        wish = p3d.FrameBufferProperties()
        wish.set_float_color(True)
        wish.set_rgba_bits(16, 16, 16, 16)
        wish.set_depth_bits(24 if depth else 0)
        flags = p3d.GraphicsPipe.BF_refuse_window | p3d.GraphicsPipe.BF_resizeable
        look = p3d.WindowProperties.size(*size)
        buffer = self._engine.make_output(
            self._pipe, name, sort, wish, look, flags, self._output.get_gsg(), self._output
        )
        if buffer is None:
            raise NoGraphics("The graphics driver refuses a picture of floating-point light.")
        self._buffers.append(buffer)
        texture = p3d.Texture(name)
        texture.set_format(p3d.Texture.F_rgba16)
        texture.set_component_type(p3d.Texture.T_half_float)
        texture.set_minfilter(p3d.SamplerState.FT_linear)
        texture.set_magfilter(p3d.SamplerState.FT_linear)
        texture.set_wrap_u(p3d.SamplerState.WM_clamp)
        texture.set_wrap_v(p3d.SamplerState.WM_clamp)
        buffer.add_render_texture(texture, p3d.GraphicsOutput.RTM_bind_or_copy)
        buffer.set_clear_color_active(True)
        return buffer, texture

    @property
    def size(self) -> tuple[int, int]:
        return self._size

    @property
    def closed(self) -> bool:
        """The player closed it, or the screen's server is gone."""
        if isinstance(self._output, p3d.GraphicsWindow):
            return self._lost or bool(self._output.is_closed())
        return False

    def begin(self) -> Frame:
        """The next frame; waits for the screen (where it has a rhythm) and for the pacer."""
        self.flip()
        return Frame(predicted_s=self._pacer.next_frame_s(), views=self.views)

    def flip(self) -> None:
        """Show what was submitted, and follow the size of the window."""
        if self._submitted:
            # The picture is shown here and not where it was drawn, so that it can be read in between.
            self._engine.flip_frame()
        now = (self._output.get_x_size(), self._output.get_y_size())
        if now != self._size and min(now) > 0:
            self._size = now
            self._pipeline.resize(now)

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        self._pipeline.set_mood(exposure=exposure, rim=rim, time_s=time_s)

    def pin(self, corners: Corners, corner: int | None) -> None:
        """Put the first screen's picture into these corners; ``corner`` is the one that is being set."""
        self._pipeline.pin(replace(self.room.screens[0], corners=corners), 0, corner)

    def submit(self) -> None:
        self._engine.render_frame()
        self._submitted = True

    def read_rgb(self) -> NDArray[np.uint8] | None:
        """The last submitted picture, (height, width, 3), a copy; None before the first."""
        if not self._submitted or self.closed:
            return None
        picture = self._output.get_screenshot()
        if picture is None:
            return None
        size, depth = (picture.get_x_size(), picture.get_y_size()), picture.get_num_components()
        # Panda3D's images start at the lower left and hold blue first; Pillow turns both in one go.
        order = "BGR" if depth == 3 else "BGRX"
        return np.array(Image.frombuffer("RGB", size, picture.get_ram_image(), "raw", order, 0, -1))

    def _lose(self) -> None:
        self._lost = True
        self.faults += ("The screen is gone, and its server with it: the evening ends.",)

    def poll(self) -> list[PointerMoved | Typed]:
        return [] if self._input is None or self.closed else self._input.poll(self._size)

    def close(self) -> None:
        """End the display and free what it drew with; a second call does nothing."""
        if self._output is None:
            return
        self._vigil.end()
        self._drop()

    def _drop(self) -> None:
        self.root.remove_node()
        for buffer in self._buffers:
            self._engine.remove_window(buffer)
        self._buffers.clear()
        self._engine.remove_window(self._output)
        self._output = None
