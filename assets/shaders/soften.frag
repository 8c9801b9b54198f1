// Bloom, downward to the smallest glow: a tent over eight by eight texels, so that what moves from texel to texel, or
// over the edge of a wall, keeps its glow.
uniform sampler2D source;
uniform vec2 reach;    // one texel of the source
in vec2 uv;
out vec4 colour;

void main() {
    vec3 c = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            vec2 off = vec2(2 * i - 3, 2 * j - 3);
            vec2 weight = mix(vec2(0.375), vec2(0.125), step(2.0, abs(off)));
            c += weight.x * weight.y * texture(source, uv + off * reach).rgb;
        }
    }
    colour = vec4(c, 1.0);
}
