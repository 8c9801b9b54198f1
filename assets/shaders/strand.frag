// Far away a fine soft line; near by the line is seen to be dust: grains in small cells along it.
#include "common.glsl"
in vec3 light;
in vec3 dust;
in float strewn;
out vec4 colour;

const float CELL_M = 0.0095;
const float PATCH_M = 0.06;   // to each such patch of rock beside a line one grain

// Dust that lies beside the line, each grain as wide as a point of the rock.
float beside(float metres) {
    vec2 at = vec2(dust.x, dust.y * metres) / PATCH_M;
    float pixel = max(length(vec2(dFdx(at.x), dFdy(at.x))), length(vec2(dFdx(at.y), dFdy(at.y))));
    vec2 cell = floor(at);
    // Every other patch is bare, and most of what a strip covers is done with here.
    float bright = 2.0 * hash(dot(cell, vec2(1.0, 57.0)) + 5.3) - 1.0;
    if (bright <= 0.0) return 0.0;
    float radius = max(0.5 * GRAIN_M / PATCH_M * (0.5 + 0.5 * bright), 1.1 * pixel);
    vec2 spot = mix(vec2(radius), vec2(1.0 - radius), fract(bright * vec2(37.7, 91.3)));
    vec2 off = (at - cell - spot) / radius;
    float r = max(0.0, 1.0 - dot(off, off));
    return r * r * (0.25 + 0.75 * bright) * (1.0 - dust.y * dust.y) * smoothstep(0.48, 0.34, radius) * strewn;
}

void main() {
    float metres = dust.z;
    float pixel = max(length(vec2(dFdx(dust.y), dFdy(dust.y))) * metres, 1e-4);
    float more = strewn > 0.0 ? 1.6 * beside(metres) : 0.0;
    // The line itself is no wider for the strip beside it.
    float aside = dust.y * metres;
    float part = strewn > 0.0 ? clamp(aside / max(0.014, 1.5 * pixel), -1.0, 1.0) : dust.y;
    float across = 1.0 - part * part;
    // Most of a strip is bare: a renderer in software need not add nothing to it.
    if (strewn > 0.0 && more + across <= 0.0) discard;
    // Dust that is too fine to be told apart lies thickest in the middle.
    float core = aside / max(0.004, 0.9 * pixel);
    float line = across * across * 1.35 * exp(-core * core);
    // How much of the dust can be told apart at this distance.
    float near = smoothstep(CELL_M * 0.75, CELL_M * 0.25, pixel);
    if (near <= 0.0 || abs(part) >= 1.0) { colour = vec4(light * (line + more), 1.0); return; }
    vec2 at = vec2(dust.x, aside) / CELL_M;
    vec2 cell = floor(at);
    float radius = max(0.16, 1.25 * pixel / CELL_M);
    // Grains keep away from the edges of their cells, so one cell is enough to look at.
    float seed = dot(cell, vec2(1.0, 57.0));
    vec2 spot = mix(vec2(radius), vec2(1.0 - radius), vec2(hash(seed + 3.1), hash(seed + 7.7)));
    vec2 off = (at - cell - spot) / min(radius, 0.5);
    float r = max(0.0, 1.0 - dot(off, off));
    float bright = hash(seed + 1.3);
    float grains = r * r * bright * bright * 4.6 * exp(-part * part * 2.2);
    // A thread so fine that it is more felt than seen holds the grains together.
    float thread = exp(-pow(aside / max(0.0009, 0.8 * pixel), 2.0)) * 0.45;
    colour = vec4(light * (mix(line, grains + thread, near) + more), 1.0);
}
