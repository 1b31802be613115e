# source: Hao et al. 2023, arXiv 2306.08827, Wave 2d-CG; a random field of our own (seed 20230612)
problem "Waves, the square of the speed a random field of 1 and 12"
domain Omega: (x, y) in [-1, 1]^2
time t in [0, 5]
unknown u(x, y, t)
data medium(x, y, c) from "data/cells.npz" nearest
eq: u_tt = medium.c*lap(u)
bc: dn(u) = 0  on boundary
ic: u = exp(-((x + 0.5)^2 + y^2)/0.18), u_t = 0  at t = 0
