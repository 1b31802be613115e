# source: Lotka 1925, Volterra 1926; textbook coefficients
problem "Predator and prey"
param alpha = 2/3, beta = 4/3, gamma = 1, delta = 1
time t in [0, 20]
unknown u(t), v(t)
eq prey: u_t = alpha*u - beta*u*v
eq predator: v_t = delta*u*v - gamma*v
ic: u = 1, v = 1  at t = 0
reference u(t), v(t) from "data/lotka_volterra.csv"
