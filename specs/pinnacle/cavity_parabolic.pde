# source: Hao et al. 2023, arXiv 2306.08827, NS 2d-C
problem "Cavity, lid of parabolic speed"
domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq momentum: advect(v, v) + grad(p) = 0.01*lap(v)
eq mass: div(v) = 0
bc lid: v = (4*x*(1 - x), 0)  on y = 1
bc walls: v = (0, 0)  on x = 0, x = 1, y = 0
bc gauge: p = 0  at (x, y) = (0, 0)
