# Flow through a channel: walls, a profile at the inlet, and an outlet.
problem "Flow through a channel"
param Re = 20
domain Omega: (x, y) in [0, 2] * [0, 1]
unknown v(x, y) in R^2, p(x, y)
eq momentum: advect(v, v) + grad(p) = lap(v)/Re
eq mass: div(v) = 0
bc inlet: v = (4*y*(1 - y), 0)  on x = 0
bc walls: v = (0, 0)  on y = 0, y = 1
bc outlet: d(v[1], x) = 0, v[2] = 0  on x = 2
eq gauge: integral(p, Omega) = 0
exact v = (4*y*(1 - y), 0), p = 8*(1 - x)/Re
