# source: Hao et al. 2023, arXiv 2306.08827, Poisson 2d-CG
problem "Poisson-Boltzmann, linear, square with four holes of four sizes"
region S = [-1, 1]^2
region H = disk(center = (0.5, 0.5), radius = 0.2) union disk(center = (0.4, -0.4), radius = 0.4)
    union disk(center = (-0.2, -0.7), radius = 0.1) union disk(center = (-0.6, 0.5), radius = 0.3)
domain Omega: (x, y) in S minus H
unknown u(x, y)
eq: -lap(u) + 64*u = 10*(17 + x^2 + y^2)*sin(pi*x)*sin(4*pi*y)
bc outer: u = 0.2  on boundary(S)
bc holes: u = 1  on boundary(H)
