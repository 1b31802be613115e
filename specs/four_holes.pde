# source: our own, four holes of three sizes
problem "Poisson, square with four holes"
region A = disk(center = (-0.45, -0.45), radius = 0.2)
    union disk(center = (0.45, 0.45), radius = 0.2)
region B = disk(center = (-0.45, 0.45), radius = 0.25)
    union disk(center = (0.45, -0.4), radius = 0.15)
domain Omega: (x, y) in [-1, 1]^2 minus (A union B)
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
reference u(x, y) from "data/four_holes.csv"
