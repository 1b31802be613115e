# source: Ghia, Ghia and Shin 1982, J. Comput. Phys. 48 (Re = 100)
# note: the velocity jumps at the two lid corners and the pressure is unbounded there
problem "Lid-driven cavity"
param Re = 100
domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq momentum: advect(v, v) + grad(p) = lap(v)/Re
eq mass: div(v) = 0
bc lid: v = (1, 0)  on y = 1
bc walls: v = (0, 0)  on x = 0, x = 1, y = 0
eq gauge: integral(p, Omega) = 0
reference v(x, y) from "data/cavity.csv"
