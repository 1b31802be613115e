# source: Hao et al. 2023, arXiv 2306.08827, Poisson 2d-C
problem "Laplace, square with four holes, 1 outside and 0 on the holes"
param c = ((0.3, 0.3), (-0.3, 0.3), (0.3, -0.3), (-0.3, -0.3))
region S = [-0.5, 0.5]^2
region H = union(disk(center = c[i], radius = 0.1) for i in 1..4)
domain Omega: (x, y) in S minus H
unknown u(x, y)
eq: -lap(u) = 0
bc outer: u = 1  on boundary(S)
bc holes: u = 0  on boundary(H)
