domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 1
data probe(x, U) from "data/probe.npz"
fit: u = probe.U on probe
