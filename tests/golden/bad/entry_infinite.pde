domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
data probe(x, u1) from "data/infinite.mat"
fit: u = probe.u1 on probe
