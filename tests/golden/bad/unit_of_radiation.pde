problem "units"
param D = 1e-4 "m^2/s", L = 2 "m", T0 = 293 "K"
domain Omega: x in [0, L]
time t in [0, 60] "s"
unknown T(x, t) "K"
eq: T_t = D*T_xx
ic: T = T0 + 1 "K"*sin(pi*x/L)  at t = 0
bc: -400 "W/(m K)"*T_x = 5.67e-8 "W/(m^2 K^4)"*(T^3 - T0^3)  on boundary
