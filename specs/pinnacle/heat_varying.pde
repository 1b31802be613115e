# source: Hao et al. 2023, arXiv 2306.08827, Heat 2d-VC; a random field of our own (seed 20230612)
# note: the diffusivity before the Laplacian, as in the published code
problem "Heat, the diffusivity a random field"
domain Omega: (x, y) in [0, 1]^2
time t in [0, 5]
unknown u(x, y, t)
data medium(x, y, k) from "data/medium.npz" linear
eq: u_t = medium.k*lap(u) + 200*sin(pi*x)*sin(5*pi*y)*sin(pi*t)
bc: u = 0  on boundary
ic: u = 0  at t = 0
