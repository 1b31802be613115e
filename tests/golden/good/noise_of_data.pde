domain Omega: x in [0, 1]
param noise = 0.02
unknown u(x), v(x)
unknown k > 0 guess 1
data probe(x, u, v, err) from "data/noisy.csv"
eq: u_xx = k, v_xx = -k
bc: u = 0, v = 0 on boundary
fit: u = probe.u, v = probe.v on probe σ = (noise, 2*probe.err)
fit again: u = probe.u on probe
  sigma = 0.01*(1 + x)
