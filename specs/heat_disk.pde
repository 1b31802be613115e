# source: our own, manufactured solution
problem "Heat equation on a disk"
domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
time t in [0, 1]
unknown u(x, y, t)
let v = exp(-t)*sin(x + 2*y)*cos(x*y)
eq: u_t = lap(u) + d(v, t) - lap(v)
bc: u = v  on boundary
ic: u = v  at t = 0
exact u = v
