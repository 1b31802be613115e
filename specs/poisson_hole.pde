# source: our own, every kind of condition at once
# note: u behaves like sqrt(r) where the fixed and the Robin part meet, at (-1, 0) and (1, 0)
problem "Poisson, disk with a hole, mixed conditions"
param h = 2, uinf = 0.5
region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0.3, 0), radius = 0.2)
domain Omega: (x, y) in D minus H
unknown u(x, y)
eq: -lap(u) = 1
bc fixed: u = 0  on boundary(D) where y >= 0
bc robin: dn(u) + h*(u - uinf) = 0  on boundary(D) where y < 0
bc hole: dn(u) = 0  on boundary(H)
reference u(x, y) from "data/poisson_hole.csv"
