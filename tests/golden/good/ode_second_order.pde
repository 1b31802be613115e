problem "Pendulum"
time    t in [0, 10]
unknown theta
eq: theta_tt = -sin(theta)
ic: theta = pi/4, d(theta, t) = 0  at t = 0
