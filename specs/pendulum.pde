# source: textbook; the solution is 2*asin(k*cd(t, k)) with the modulus k = sin(1)
problem "Pendulum, large swing"
time t in [0, 10]
unknown theta(t)
eq: theta_tt = -sin(theta)
ic: theta = 2, theta_t = 0  at t = 0
reference theta(t) from "data/pendulum.csv"
