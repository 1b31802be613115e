time t in [0, 60] s
unknown y(t)
eq: y_t = -0.1*y
ic: y = 1  at t = 0
