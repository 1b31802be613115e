# source: our own, the solution is a combination of log r and r^2
# note: the solution does not extend into the hole
problem "Poisson, annulus"
param a = 0.3
region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0, 0), radius = a)
domain Omega: (x, y) in D minus H
unknown u(x, y)
eq: -lap(u) = 4
bc: u = 0  on boundary
exact u = 1 - x^2 - y^2 - (1 - a^2)*log(x^2 + y^2)/log(a^2)
