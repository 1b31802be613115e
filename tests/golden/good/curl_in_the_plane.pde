problem "Vorticity and stream function"
domain  Omega: (x, y) in [0, 1]^2
unknown psi(x, y)
let     v = curl(psi)
eq: curl(v) = sin(pi*x)*sin(pi*y) + cross(v, (y, -x))
bc: psi = 0  on boundary
