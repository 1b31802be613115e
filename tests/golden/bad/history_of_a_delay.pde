time t in [0, 2]
unknown y(t)
eq: y_t = -if(t < 1, 1, y(t - 1))
ic: y = 1 for t in [-1, 0]
