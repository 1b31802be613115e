param k = 2, a =
domain Omega: x in [0, 1
unknown u(x)
let f = 2 sin(x)
eq: u_xx + k**2*u = a*f
bc: u = 0 on boundry
