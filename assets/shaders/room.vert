// Lines of the drawn room: its own colour, quieter far away.
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
out vec3 light;

void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    light = vec3(0.030, 0.040, 0.060) * exp(-0.25 * max(0.0, gl_Position.w - 1.0));
}
