// A soft ball of light that always faces the eye.
#include "common.glsl"
uniform mat4 p3d_ModelViewMatrix;
uniform mat4 p3d_ProjectionMatrix;
uniform vec4 glow[32];   // twice a ball: place and radius; colour
in vec4 p3d_Vertex;      // corner x, number of the ball, corner z
out vec2 q;
out vec3 light;

void main() {
    int ball = int(p3d_Vertex.y + 0.5);
    vec4 at = glow[2 * ball];
    light = glow[2 * ball + 1].rgb;
    q = p3d_Vertex.xz;
    vec4 view = p3d_ModelViewMatrix * vec4(at.xyz, 1.0);
    // Right and up: the view has Panda3D's axes, y ahead.
    view.xz += q * at.w;
    gl_Position = p3d_ProjectionMatrix * view;
    if (light.r + light.g + light.b <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
