problem "Special functions, and parameters of their names"
param   gamma = 1.4, nu = 0.5, E1 = 2
domain  Omega: x in [0.5, 2]
unknown u(x)
let f = besselj(0, x) + bessely(nu, x) + besseli(1, x)*besselk(nu, x)
let g = loggamma(x) + erfc(x) + erfi(x) + Ei(x) + airyai(x)*airybi(-x) + polygamma(1, x)
let h = ellipk(x/4) + ellipe(x/4) + floor(2*x) + mod(x, 0.3)
eq: gamma*u_xx + E1*besselj(2, u) = d(f, x) + d(g*ellipk(x/4), x) + h
bc: u = 0  on boundary
