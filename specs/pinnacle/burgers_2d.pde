# source: Hao et al. 2023, arXiv 2306.08827, Burgers 2d-C; random coefficients of our own (seed 20230612)
problem "Burgers in two dimensions, random waves"
param nu = 0.001, size = 0.1713, mean = (1.195, 0.835)
param a = ((0.359, -0.109, -0.973, 0.361), (0.4, -0.445, -1.373, 1.484),
    (0.506, 0.107, 2.038, -0.382), (-0.03, 0.297, 1.853, 2.065))
param b = ((1.636, 0.459, 0.224, -0.56), (0.312, 0.159, 0.018, -1.016),
    (-0.311, 1.552, -0.215, 0.57), (0.44, 0.765, -1.719, -2.664))
param e = ((-1.648, 1.091, -2.548, -0.808), (-0.223, -0.834, -0.476, 0.883),
    (0.961, 0.484, 0.193, -1.765), (1.735, -0.517, 0.176, 0.101))
param f = ((0.313, -1.326, -0.323, -0.113), (0.57, 0.282, -0.56, -1.471),
    (2.736, -0.977, -1.27, 0.191), (1.055, 0.841, 0.659, -0.047))
domain Omega: (x, y) in [0, 4]^2
time t in [0, 1]
unknown u(x, y, t), v(x, y, t)
let u0 = mean[1]
    + size
    *sum(sum(a[i, j]*sin(2*pi*((i - 1)*x + (j - 1)*y))
    + b[i, j]*cos(2*pi*((i - 1)*x + (j - 1)*y)) for i in 1..4) for j in 1..4)
let v0 = mean[2]
    + size
    *sum(sum(e[i, j]*sin(2*pi*((i - 1)*x + (j - 1)*y))
    + f[i, j]*cos(2*pi*((i - 1)*x + (j - 1)*y)) for i in 1..4) for j in 1..4)
eq: u_t + u*u_x + v*u_y = nu*lap(u)
eq: v_t + u*v_x + v*v_y = nu*lap(v)
ic: u = u0, v = v0  at t = 0
bc: u, v periodic in x
bc: u, v periodic in y
