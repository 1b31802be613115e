# source: Krishnapriyan et al. 2021, arXiv 2109.01050 (reaction-diffusion, rho = 5, nu = 3)
# note: the periodic initial state has a weak kink at x = 0 (slopes 1.7e-3 and -1.7e-3)
problem "Reaction-diffusion, Fisher-KPP on a circle"
param rho = 5, nu = 3
domain Omega: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
let h = exp(-(x - pi)^2/(2*(pi/4)^2))
eq: u_t = nu*u_xx + rho*u*(1 - u)
ic: u = h  at t = 0
bc: u periodic in x
reference u(x, t) from "data/reaction_diffusion.csv"
