domain Omega: x in [0, 1]
unknown u(x)
unknown k > 0 guess 1
data probe(x, u1) from "data/noisy.csv"
eq: u_xx = k
bc: u = 0 on boundary
fit: u = probe.u1 sigma = 0.01 on probe
