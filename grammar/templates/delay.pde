# A delay: y(t - 1), with what y was before the start.
problem "Logistic growth with a delay"
param r = 1, tau = 1
time t in [0, 5]
unknown y(t)
let history = 0.5
let before = if(t - tau < 0, history, y(t - tau))
eq: y_t = r*y*(1 - before)
ic: y = history  at t = 0
