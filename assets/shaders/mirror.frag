// The picture of one eye in a window, cropped to its shape: the room's other people see what the player sees.
uniform sampler2D picture;
uniform vec2 part;      // share of the picture that the window shows
in vec2 uv;
out vec4 colour;

void main() {
    colour = vec4(texture(picture, 0.5 + (uv - 0.5) * part).rgb, 1.0);
}
