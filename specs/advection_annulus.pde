# source: our own, manufactured solution
problem "Advection and diffusion in an annulus"
param nu = 0.1
region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0, 0), radius = 0.4)
domain Omega: (x, y) in D minus H
time t in [0, 1]
unknown u(x, y, t)
let v = sin(2*(x*cos(t) + y*sin(t)))*exp(-4*nu*t)
eq: u_t - y*u_x + x*u_y = nu*lap(u)
bc outer: u = v  on boundary(D)
bc inner: dn(u) = dn(v)  on boundary(H)
ic: u = v  at t = 0
exact u = v
