# source: Taylor and Green 1937 (the plane vortices)
problem "Taylor-Green vortices"
param nu = 0.1
domain Omega: (x, y) in [0, 2*pi]^2
time t in [0, 1]
unknown v(x, y, t) in R^2, p(x, y, t)
let vs = (-cos(x)*sin(y), sin(x)*cos(y))
eq momentum: d(v, t) + advect(v, v) = -grad(p) + nu*lap(v)
eq mass: div(v) = 0
ic: v = vs  at t = 0
bc: v, p periodic in x, y
eq gauge: integral(p, Omega) = 0
exact v = exp(-2*nu*t)*vs, p = -exp(-4*nu*t)*(cos(2*x) + cos(2*y))/4
