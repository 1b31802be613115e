problem "Decay with a delay"
time    t in [0, 5]
unknown y(t)
eq: y_t = -y(t - 1)
ic: y = 1  at t = 0
