param w0 = 2
time t in [0, 1]
unknown y(t)
eq: y_tt + w0^2 y = 0
ic: y = 1 at t = 0
ic: y_t = 0 at t = 0
