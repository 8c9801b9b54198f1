// Bloom, upward: the smallest glow, spread near and wide, added to the glow of this size.
uniform sampler2D wide;
uniform sampler2D here;
uniform vec2 reach;    // one texel of the wide glow
in vec2 uv;
out vec4 colour;

vec3 around(float x, float y) {
    vec2 a = reach * vec2(x, y), b = reach * vec2(-y, x);
    return texture(wide, uv + a).rgb + texture(wide, uv - a).rgb + texture(wide, uv + b).rgb + texture(wide, uv - b).rgb;
}

void main() {
    // Between texels near by; farther out a ring of eight, so that a hot point has a round glow.
    vec3 near = around(0.5, 0.5);
    vec3 ring = around(1.55, 1.55) + around(2.2, 0.0);
    colour = vec4(0.5 * texture(here, uv).rgb + 0.25 * 0.42 * near + 0.125 * 0.30 * ring, 1.0);
}
