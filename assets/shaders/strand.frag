// Far away a fine soft line; near by the line is seen to be dust: grains in small cells along it.
#include "common.glsl"
in vec3 light;
in vec3 dust;
out vec4 colour;

const float CELL_M = 0.0095;

void main() {
    float across = 1.0 - dust.y * dust.y;
    float metres = dust.z;
    float pixel = max(length(vec2(dFdx(dust.y), dFdy(dust.y))) * metres, 1e-4);
    // Dust that is too fine to be told apart lies thickest in the middle.
    float core = dust.y * metres / max(0.004, 0.9 * pixel);
    float line = across * across * 1.35 * exp(-core * core);
    // How much of the dust can be told apart at this distance.
    float near = smoothstep(CELL_M * 0.75, CELL_M * 0.25, pixel);
    if (near <= 0.0) { colour = vec4(light * line, 1.0); return; }
    vec2 at = vec2(dust.x, dust.y * metres) / CELL_M;
    vec2 cell = floor(at);
    float radius = max(0.16, 1.25 * pixel / CELL_M);
    // Grains keep away from the edges of their cells, so one cell is enough to look at.
    float seed = dot(cell, vec2(1.0, 57.0));
    vec2 spot = mix(vec2(radius), vec2(1.0 - radius), vec2(hash(seed + 3.1), hash(seed + 7.7)));
    vec2 off = (at - cell - spot) / min(radius, 0.5);
    float r = max(0.0, 1.0 - dot(off, off));
    float bright = hash(seed + 1.3);
    float grains = r * r * bright * bright * 4.6 * exp(-dust.y * dust.y * 2.2);
    // A thread so fine that it is more felt than seen holds the grains together.
    float thread = exp(-pow(dust.y * metres / max(0.0009, 0.8 * pixel), 2.0)) * 0.45;
    colour = vec4(light * mix(line, grains + thread, near), 1.0);
}
