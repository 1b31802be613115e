# source: Wang, Teng and Perdikaris 2021, arXiv 2001.04536, section 4.2
problem "Klein-Gordon, manufactured solution"
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
let us = x*cos(5*pi*t) + (x*t)^3
operator K[w] = d(w, t, 2) - d(w, x, 2) + w^3
eq: K[u] = K[us]
ic: u = x, u_t = 0  at t = 0
bc: u = us  on boundary
exact u = us
