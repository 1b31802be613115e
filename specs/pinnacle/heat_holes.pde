# source: Hao et al. 2023, arXiv 2306.08827, Heat 2d-CG
problem "Heat, plate with seventeen holes, convection"
param c = ((-4, -9), (4, -9), (0, -6), (-4, -3), (4, -3), (0, 0), (-4, 3), (4, 3), (0, 6), (-4, 9),
    (4, 9))
param s = ((-3.2, -6), (3.2, -6), (-3.2, 0), (3.2, 0), (-3.2, 6), (3.2, 6))
region S = [-8, 8] * [-12, 12]
region Big = union(disk(center = c[i], radius = 1) for i in 1..11)
region Small = union(disk(center = s[i], radius = 0.4) for i in 1..6)
domain Omega: (x, y) in S minus (Big union Small)
time t in [0, 3]
unknown u(x, y, t)
eq: u_t = lap(u)
bc big: dn(u) + u = 5  on boundary(Big)
bc small: dn(u) + u = 1  on boundary(Small)
bc outer: dn(u) + u = 0.1  on boundary(S)
ic: u = 0  at t = 0
