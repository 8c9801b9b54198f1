// The torn edge of a hole in the floor, in metres about the middle of its near edge.
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
out vec3 at;

void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    at = p3d_Vertex.xyz;
}
