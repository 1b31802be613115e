time t in [0; 1]
unknown y(t)
eq: y_t + y = 0
ic: y = 1 at t = 0
