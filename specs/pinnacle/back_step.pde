# source: Hao et al. 2023, arXiv 2306.08827, NS 2d-CG
# note: p = 0 alone leaves the outlet one condition short; here it bears no stress but that of a pressure of 0
problem "Flow over a step, backwards"
domain Omega: (x, y) in polygon((0, 0), (4, 0), (4, 2), (2, 2), (2, 1), (0, 1))
unknown v(x, y) in R^2, p(x, y)
eq momentum: advect(v, v) + grad(p) = 0.01*lap(v)
eq mass: div(v) = 0
bc inlet: v = (4*y*(1 - y), 0)  on boundary where x <= 0
bc walls: v = (0, 0)  on boundary where x > 0 and x < 4
bc outlet: 0.01*dn(v) = p*n  on boundary where x >= 4
