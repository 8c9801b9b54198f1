// Rock that glows where it was torn and is dark below, with grains of light as the cave's rock has them.
uniform vec4 lip[1];    // how far its light is there 0..1, time s
in vec3 at;
out vec4 colour;

const vec2 HOLE_M = vec2(1.35, 1.20);
const float GRAIN_M = 0.022;
const vec3 HOT = vec3(1.0, 0.62, 0.26);
const vec3 WARM = vec3(1.0, 0.20, 0.06);

float random(vec2 p) {
    return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453);
}

void main() {
    vec2 off = at.xy - vec2(0.0, HOLE_M.y);
    float round_m = atan(off.x, off.y) * HOLE_M.y, down = -at.z;
    vec2 place = vec2(round_m, down) / GRAIN_M, cell = floor(place);
    vec2 middle = 0.25 + 0.5 * vec2(random(cell), random(cell + 17.0));
    float grain = smoothstep(0.22, 0.08, length(place - cell - middle)) * step(0.45, random(cell + 41.0));
    float ember = 0.6 + 0.4 * sin(round_m * 5.0 + 0.7 * lip[0].y) * sin(round_m * 2.3 - 0.4 * lip[0].y);
    float torn = exp(-down / 0.035), lit = exp(-down / 0.16);
    colour = vec4(lip[0].x * (WARM * ember * 0.20 * torn + HOT * grain * (0.05 + 0.40 * lit)), 1.0);
}
