problem "Spill in a river"
param U = 0.5 m/s, D = 2 m^2/s, k = 1e-4 1/s
domain river: x in [0, 2000 m]
time t in [0, 1800] s
unknown c(x, t) kg/m^3
eq: c_t + U*c_x = D*c_xx - k*c
ic: c = 2 kg/m^3*exp(-((x - 400)/100)^2) at t = 0
bc: c = 0 on x = 0
bc: c_x = 0 on x = 2000
