domain Omega: x in [0, 1]
unknown u(x
eq: u_xx + d(u, x) = 1
bc: dn(u) = 0 on x = 0
bc: u(x=1) = u(x=0)
bc: u periodic in x
exact u = x
reference u(x) from "data/probe.csv"
