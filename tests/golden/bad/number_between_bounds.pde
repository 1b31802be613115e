time t in [0, 1]
unknown y(t)
unknown 0 < k < 1 guess 0.5
eq: y_t = -k*y
ic: y = 1     at t = 0
ic: y = 0.7   at t = 1
