# source: Hao et al. 2023, arXiv 2306.08827, GS
problem "Gray-Scott in two dimensions"
domain Omega: (x, y) in [-1, 1]^2
time t in [0, 200]
unknown u(x, y, t), v(x, y, t)
eq substrate: u_t = 1e-5*lap(u) + 0.04*(1 - u) - u*v^2
eq activator: v_t = 5e-6*lap(v) - 0.1*v + u*v^2
ic: u = 1 - exp(-80*((x + 0.05)^2 + (y + 0.02)^2))  at t = 0
ic: v = exp(-80*((x - 0.05)^2 + (y - 0.02)^2))  at t = 0
bc: u, v periodic in x
bc: u, v periodic in y
