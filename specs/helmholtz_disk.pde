# source: our own, a plane wave
# note: about three waves across the radius
problem "Helmholtz, disk"
param k = 20
domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
let v = cos(k*(3*x + 4*y)/5)
eq: lap(u) + k^2*u = 0
bc: u = v  on boundary
exact u = v
