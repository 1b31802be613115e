problem "Neumann problem with a gauge"
domain  Omega: (x, y) in [0, 1]^2
unknown u
let f = cos(pi*x)*cos(pi*y)
eq:       lap(u) = f
bc:       dn(u) = 0              on boundary
eq gauge: integral(u, Omega) = 0
exact u = -f/(2*pi^2)
