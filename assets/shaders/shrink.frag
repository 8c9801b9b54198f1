// Bloom, downward: the mean of the texels around, by four fetches between texels.
// `reach` is how far from the middle the four fetches lie, in parts of the source.
uniform sampler2D source;
uniform vec2 reach;
uniform vec2 ceiling;  // x: light above this is held back, so that one hot point makes no lamp; y: unused
in vec2 uv;
out vec4 colour;

vec3 fetch(vec2 at) {
    vec3 c = texture(source, at).rgb;
    return c / (1.0 + max(c.r, max(c.g, c.b)) * ceiling.x);
}

void main() {
    colour = vec4(0.25 * (fetch(uv + vec2(-reach.x, -reach.y)) + fetch(uv + vec2(reach.x, -reach.y))
                        + fetch(uv + vec2(-reach.x,  reach.y)) + fetch(uv + vec2(reach.x,  reach.y))), 1.0);
}
