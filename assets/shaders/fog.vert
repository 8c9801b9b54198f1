// A bank of fog near the way out that the tunnel's glow shines through.
#include "common.glsl"
uniform mat4 p3d_ModelViewMatrix;
uniform mat4 p3d_ProjectionMatrix;
in vec4 p3d_Vertex;      // middle of the bank
in vec4 bank;            // corner x, corner z, radius, random
in vec4 place;           // along 0..1, around, tunnel, random
out vec2 q;
out vec3 light;

void main() {
    q = bank.xy;
    vec3 p = p3d_Vertex.xyz;
    p.x += 0.4 * sin(TIME * 0.11 + bank.w * 30.0);
    p.z += 0.2 * sin(TIME * 0.17 + bank.w * 17.0);
    vec4 view = p3d_ModelViewMatrix * vec4(p, 1.0);
    float depth = length(view.xyz);
    vec4 glow = TUNNEL(int(place.z + 0.5));
    light = glow.rgb * glow.w * 0.009 * place.x * place.x;
    light *= exp(-depth * 0.03) * smoothstep(2.0, 10.0, depth) * (0.75 + 0.25 * sin(TIME * 0.3 + bank.w * 9.0));
    view.xz += q * bank.z;
    gl_Position = p3d_ProjectionMatrix * view;
    if (max(light.r, max(light.g, light.b)) < 0.0008) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
