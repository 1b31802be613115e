domain Omega: x in [0, 1]
unknown u(x)
unknown k > 0, c > 0, m > 0
data probe(x, u1) from "data/three.csv"
eq: u_xx = k + c*x + m*x^2
bc: u = 0 on boundary
fit: u = probe.u1 on probe
