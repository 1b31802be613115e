time t in [0, 1]
unknown y(t)
eq: y' + y = 0
ic: y = 1 at t = 0
