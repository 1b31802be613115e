# source: Hao et al. 2023, arXiv 2306.08827, NS 2d-LT
# note: p = 0 alone leaves the outlet one condition short; here it bears no stress but that of a pressure of 0
problem "Channel with a pulsating inflow and a force"
domain Omega: (x, y) in [0, 2] * [0, 1]
time t in [0, 5]
unknown v(x, y, t) in R^2, p(x, y, t)
let inflow = sin(pi*y)*(sin(pi*t) + sin(3*pi*t) + sin(5*pi*t))
let force = -sin(pi*x)*sin(pi*y)*sin(pi*t)
eq momentum: d(v, t) + advect(v, v) + grad(p) = 0.01*lap(v) + (0, force)
eq mass: div(v) = 0
bc inlet: v = (inflow, 0)  on x = 0
bc walls: v = (0, 0)  on y = 0, y = 1
bc outlet: 0.01*dn(v) = p*n  on x = 2
ic: v = (0, 0)  at t = 0
