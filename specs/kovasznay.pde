# source: Kovasznay 1948; Jin, Cai, Li and Karniadakis 2021, arXiv 2003.06496 (Re = 40)
problem "Kovasznay flow"
param Re = 40
domain Omega: (x, y) in [-0.5, 1] * [-0.5, 1.5]
unknown v(x, y) in R^2, p(x, y)
let s = Re/2 - sqrt(Re^2/4 + 4*pi^2)
let vs = (1 - exp(s*x)*cos(2*pi*y), s/(2*pi)*exp(s*x)*sin(2*pi*y))
eq momentum: advect(v, v) + grad(p) = lap(v)/Re
eq mass: div(v) = 0
bc: v = vs  on boundary
eq gauge: p = 0  at (x, y) = (0, 0)
exact v = vs, p = (1 - exp(2*s*x))/2
