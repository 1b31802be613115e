# source: Haghighat et al. 2021, arXiv 2003.02751, section 4 (Q = 4)
# note: lam and mu are the Lame constants; rollers at the sides, a load on the top
problem "Plane strain elasticity, manufactured solution"
param lam = 1, mu = 0.5
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y) in R^2
let us = (cos(2*pi*x)*sin(pi*y), sin(pi*x)*y^4)
let q = 4*(lam + 2*mu)*sin(pi*x)
operator N[w] = (lam + mu)*grad(div(w)) + mu*lap(w)
eq: N[u] = N[us]
bc floor: u = (0, 0)  on y = 0
bc roller: u[2] = 0, lam*div(u) + 2*mu*d(u[1], x) = 0  on x = 0, x = 1
bc load: u[1] = 0, lam*div(u) + 2*mu*d(u[2], y) = q  on y = 1
exact u = us
