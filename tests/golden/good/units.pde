problem "A strip that moves and is cooled"
param D = 1e-4 "m^2/s", c = 0.36 "km/h", L = 2 "m", T0 = 293 "K", beta = 1 "1/min"
param k = 400 "W/(m K)", h = 20 "W/(m^2 K)", wide = 200 "mm", layer = wide/40, m = (1 "g", 2 "g")
domain Omega: (x, y) in [0, L] * [0, 200 "mm"]
time t in [0, 1] "min"
unknown T(x, y, t) "K", q > 0 guess 3 "kW/m^3"
data probe(x "mm", y "cm", t "s", T "K") from "data/units.csv"
eq: T_t = D*lap(T) - c*T_x + beta*(T0 - T)*m[1]/(m[1] + m[2]) + q/(k/D)
ic: T = T0 + 1 "K"*sin(pi*x/L)^2*(1 if y < 50 "mm" else 0.5)  at t = 0
bc: k*dn(T) = h*(T0 - T)*exp(-layer/wide)  on boundary
fit: T = probe.T  on probe  sigma = 0.1 "K"
