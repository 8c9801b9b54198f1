// Bloom, upward: the smaller glow spread by a tent, added to the glow of this size.
uniform sampler2D wide;
uniform sampler2D here;
uniform vec2 reach;
uniform vec2 share;    // x of the wide glow, y of the one here
in vec2 uv;
out vec4 colour;

void main() {
    vec3 c = texture(wide, uv + vec2(-reach.x, -reach.y)).rgb + texture(wide, uv + vec2(reach.x, -reach.y)).rgb
           + texture(wide, uv + vec2(-reach.x,  reach.y)).rgb + texture(wide, uv + vec2(reach.x,  reach.y)).rgb;
    colour = vec4(0.25 * share.x * c + share.y * texture(here, uv).rgb, 1.0);
}
