time t in [0, 1]
unknown y(t)
unknown k guess 2
eq: y_t = -y/k
ic: y = 1  at t = 0
ic last: y = 0.6  at t = 1
