time t in [0, 1]
unknown y(t)
eq: y'' + y = 0
ic: y = 1 at t = 0
ic: y_t = 0 at t = 0
