"""An eye's pictures on their way to the runtime: drawn by Panda3D, copied into the runtime's own textures."""

import contextlib
from typing import Any, Final

from game.present.display.headset.runtime import NoHeadset

_SRGB8_ALPHA8: Final = 0x8C43
_RGBA8: Final = 0x8058
_WAIT_NS: Final = 1_000_000_000
"""A runtime that holds an image for longer than this has stopped."""


class GlFault(RuntimeError):
    """OpenGL refuses to copy a picture."""


class Copier:
    """Copies a whole texture into another, leaving the context as it was. One for all eyes."""

    def __init__(self) -> None:
        from OpenGL import GL
        from OpenGL.error import GLError

        self._gl = GL
        self._error: type[Exception] = GLError
        self._from, self._into = (int(name) for name in GL.glGenFramebuffers(2))

    def copy(self, source: int, target: int, size: tuple[int, int]) -> None:
        """Byte for byte: what is in the picture is already encoded for the eye. Raises GlFault."""
        try:
            self._copy(source, target, size)
        except self._error as error:
            told = getattr(error, "description", None)
            raise GlFault(told.decode() if isinstance(told, bytes) else type(error).__name__) from error

    def _copy(self, source: int, target: int, size: tuple[int, int]) -> None:
        gl = self._gl
        read = int(gl.glGetIntegerv(gl.GL_READ_FRAMEBUFFER_BINDING))
        draw = int(gl.glGetIntegerv(gl.GL_DRAW_FRAMEBUFFER_BINDING))
        states = [what for what in (gl.GL_SCISSOR_TEST, gl.GL_FRAMEBUFFER_SRGB) if gl.glIsEnabled(what)]
        for what in states:
            gl.glDisable(what)
        try:
            for name, kind, texture in (
                (self._from, gl.GL_READ_FRAMEBUFFER, source),
                (self._into, gl.GL_DRAW_FRAMEBUFFER, target),
            ):
                gl.glBindFramebuffer(kind, name)
                gl.glFramebufferTexture2D(kind, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, texture, 0)
            box = (0, 0, *size)
            gl.glBlitFramebuffer(*box, *box, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
            for kind in (gl.GL_READ_FRAMEBUFFER, gl.GL_DRAW_FRAMEBUFFER):
                # The runtime may free its textures: nothing of ours holds on to one.
                gl.glFramebufferTexture2D(kind, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, 0, 0)
        finally:
            gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, read)
            gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, draw)
            for what in states:
                gl.glEnable(what)

    def close(self) -> None:
        # A context that refuses even this is as good as gone; the evening goes on without it.
        with contextlib.suppress(self._error):
            self._gl.glDeleteFramebuffers(2, [self._from, self._into])


class EyeSwapchain:
    """The runtime's textures for one eye."""

    def __init__(self, xr: Any, session: Any, size: tuple[int, int]) -> None:
        self._xr, self.size = xr, size
        offered = [int(one) for one in xr.enumerate_swapchain_formats(session)]
        wanted = next((form for form in (_SRGB8_ALPHA8, _RGBA8) if form in offered), None)
        if wanted is None:
            raise NoHeadset("The OpenXR runtime takes no pictures of eight bits with alpha.")
        usage = xr.SwapchainUsageFlags
        self.handle = xr.create_swapchain(
            session,
            xr.SwapchainCreateInfo(
                usage_flags=usage.COLOR_ATTACHMENT_BIT | usage.SAMPLED_BIT | usage.TRANSFER_DST_BIT,
                format=wanted, sample_count=1, width=size[0], height=size[1],
                face_count=1, array_size=1, mip_count=1,
            ),
        )  # fmt: skip
        self._images = xr.enumerate_swapchain_images(self.handle, xr.SwapchainImageOpenGLKHR)
        whole = xr.Rect2Di(offset=xr.Offset2Di(0, 0), extent=xr.Extent2Di(*size))
        self.part = xr.SwapchainSubImage(swapchain=self.handle, image_rect=whole, image_array_index=0)

    def put(self, copier: Copier, picture: int) -> None:
        """Hand the OpenGL texture ``picture``, of this eye's size, to the runtime."""
        xr = self._xr
        number = xr.acquire_swapchain_image(self.handle, xr.SwapchainImageAcquireInfo())
        try:
            xr.wait_swapchain_image(self.handle, xr.SwapchainImageWaitInfo(timeout=_WAIT_NS))
            copier.copy(picture, int(self._images[number].image), self.size)
        finally:
            xr.release_swapchain_image(self.handle, xr.SwapchainImageReleaseInfo())

    def close(self) -> None:
        self._xr.destroy_swapchain(self.handle)
