param Re = 100
domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq momentum: advect(v, v) + grad(p) = lap(v)/Re + (0, x)
eq mass: div(v) = 0
bc walls: v = (0, 0) on boundary
