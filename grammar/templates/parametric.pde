# One solution for all values of a parameter: the parameter becomes a coordinate.
problem "Decay at any rate"
param k in [1, 2]
time t in [0, 1]
unknown y(t, k)
eq: y_t = -k*y
ic: y = 1  at t = 0
exact y = exp(-k*t)
