// What of the cave's light comes into the room: through an opening in wall or floor with a glowing edge, less at the
// edges of the picture while one moves. Multiplies what is drawn already by its alpha, which stays in the light
// as how much of the pixel is cave. game/present/display/headset/opening.py has the same shape.
uniform vec4 hole[5];   // [0..2]: rows from (u, v, 1) to metres on the plane; [0].w: 1 with an opening in the wall, 2 in the floor, [1].w: how far it is open, [2].w: time s
                        // [3]: tangents of the picture's left, right, lower, upper edge; [4]: vignette 0..1, its tangents from and to
in vec2 uv;
out vec4 colour;

const float HALF_WIDTH_M = 1.15;
const float SHOULDER_M = 0.95;
const vec2 HOLE_M = vec2(1.35, 1.20);
const vec3 HOT = vec3(1.0, 0.62, 0.26);
const vec3 WARM = vec3(1.0, 0.20, 0.06);

float edge(vec2 p) {
    float arch = length(vec2(p.x, max(0.0, p.y - SHOULDER_M))) - HALF_WIDTH_M;
    float torn = 0.085 * sin(3.1 * p.x + 1.3 * p.y + 0.4) * sin(2.2 * p.y - 1.7 * p.x + 1.9)
        + 0.035 * sin(9.0 * p.x + 5.0 * p.y) * sin(7.3 * p.y - 4.0 * p.x + 0.6)
        + 0.012 * sin(27.0 * p.x - 11.0 * p.y) * sin(23.0 * p.y + 6.0 * p.x);
    if (hole[0].w < 1.5)
        return max(arch + torn, -p.y);
    return HOLE_M.y * (length((p - vec2(0.0, HOLE_M.y)) / HOLE_M) - 1.0) + 0.6 * torn;
}

void main() {
    float cover = 1.0;
    vec3 rim = vec3(0.0);
    vec2 look = mix(hole[3].xz, hole[3].yw, uv);
    if (hole[0].w > 0.5) {
        vec3 at = vec3(uv, 1.0);
        float ahead = dot(hole[2].xyz, at);
        vec2 p = vec2(dot(hole[0].xyz, at), dot(hole[1].xyz, at)) / max(ahead, 1e-3);
        float closed = (1.0 - hole[1].w) * (HOLE_M.y + 0.12);
        float d = edge(p) + closed;
        float pixel = clamp(fwidth(p.x) + fwidth(p.y), 1e-4, 0.2) * 0.5;
        float seen = step(0.01, ahead);
        cover = seen * (1.0 - smoothstep(-pixel, pixel, d));
        // The edge glows where the rock is torn: a thin hot line, embers along it, and warm light that falls on
        // the room. Of an opening in the wall only the threshold is hot on the floor.
        float sunk = step(1.5, hole[0].w);
        float along = p.x * 5.0 + p.y * 7.0;
        float ember = 0.55 + 0.30 * sin(along + 0.7 * hole[2].w) + 0.15 * sin(along * 3.7 - 1.1 * hole[2].w);
        float wide = 0.008 + 1.2 * pixel;
        float line = exp(-d * d / (wide * wide)) * (0.008 / wide);
        float inner = exp(-max(0.0, -d) / 0.05) * step(d, 0.0);
        float spill = exp(-max(0.0, d) / 0.09) * step(0.0, d) * max(sunk, step(0.0, p.y));
        float high = max(sunk, smoothstep(-0.02, 0.10, p.y));
        float open = smoothstep(0.0, 0.06, hole[1].w);
        rim = seen * open * ember * (HOT * line * (0.9 + 2.1 * high) + WARM * (0.16 * inner + 0.13 * spill) * high);
    }
    float away = smoothstep(hole[4].y, hole[4].z, length(look));
    float shown = 1.0 - hole[4].x * away;
    colour = vec4(rim * shown, cover * shown);
}
