# source: Krishnapriyan et al. 2021, arXiv 2109.01050 (reaction, rho = 5)
# note: no derivative in x, so no boundary condition is due (the paper's periodic one is redundant)
problem "Reaction, Fisher's logistic term"
param rho = 5
domain Omega: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
let h = exp(-(x - pi)^2/(2*(pi/4)^2))
eq: u_t = rho*u*(1 - u)
ic: u = h  at t = 0
exact u = h*exp(rho*t)/(h*exp(rho*t) + 1 - h)
