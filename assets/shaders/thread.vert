// The thread of light along the way: threads that wind about each other and carry pulses to the way out.
#include "common.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform vec4 walker;   // metres that the player has come along the way
in vec4 p3d_Vertex;
in vec4 along;         // direction, side -1 or 1
in vec2 way;           // metres along the whole way, phase of this thread
out vec3 light;
out float across;

void main() {
    float s = way.x;
    vec3 sway = vec3(0.10 * sin(s * 1.3 + way.y + TIME * 0.7), 0.0, 0.07 * cos(s * 1.7 + way.y * 2.0 + TIME * 0.9));
    vec3 p = p3d_Vertex.xyz + sway;
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    vec4 ahead = p3d_ModelViewProjectionMatrix * vec4(p + along.xyz * 0.1, 1.0);
    across = along.w;
    float front = s - walker.x;
    float pulse = fract(s * 0.12 - TIME * 0.5 + way.y * 0.2);
    float l = 0.35 + 2.2 * exp(-pow((pulse - 0.5) * 8.0, 2.0));
    // It begins a step before the player and grows out of there.
    l *= smoothstep(0.6, 2.2, front) * smoothstep(0.0, 4.0, THREAD * 40.0 - front) * THREAD;
    l *= exp(-max(clip.w, 0.0) * 0.035);
    light = mix(GOLD, CORAL, smoothstep(4.0, 22.0, front)) * l * 0.8;
    gl_Position = clip;
    if (clip.w < 0.25 || l < 0.003) return;
    vec2 direction = ahead.xy / max(ahead.w, 0.1) - clip.xy / max(clip.w, 0.1);
    direction = normalize(direction * SCREEN + vec2(1e-6, 0.0));
    float width = clamp(0.008 * FOCAL / max(clip.w, 0.1), 0.6 + 0.6 * SCREEN.y / 720.0, 3.0) + 0.5;
    clip.xy += vec2(-direction.y, direction.x) * along.w * width / SCREEN * 2.0 * clip.w;
    gl_Position = clip;
}
