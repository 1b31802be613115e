problem "Every operation of vector calculus"
domain  Omega: (x, y, z) in [0, 1]^3
unknown v in R^3, p
let f = (sin(y), cos(z), x*y)
let g = (y*z, -x*z, z^2)
operator S[w] = cross(f, curl(w)) + dot(grad(w), g)
eq momentum: advect(v, v) + grad(p) + S[v] = lap(v) - grad(div(v))/3 + norm(f)*f
eq mass: div(v) = 0
bc: v = (0, 0, 0)  on boundary
eq gauge: integral(p, Omega) = 0
