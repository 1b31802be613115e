# Ordinary differential equations in time.
problem "Two species"
param a = 1.5, b = 1, c = 3, e = 1
time t in [0, 2]
unknown prey(t), hunters(t)
eq: d(prey, t) = a*prey - b*prey*hunters, d(hunters, t) = e*prey*hunters - c*hunters
ic: prey = 1, hunters = 1  at t = 0
output last = prey(2)
