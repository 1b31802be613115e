problem "units"
param D = 1e-4 "m^2/s", L = 2 "m", T0 = 293 "K"
domain Omega: x in [0, 2000] "mm"
time t in [0, 60] "s"
unknown T(x, t) "K"
eq: T_t = D*T_xx
ic: T = T0 + 1 "K"*sin(pi*x/L)  at t = 0
bc: T = T0  on x = 0, x = 2000
