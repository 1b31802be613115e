problem "Diffusivity and source from measurements"
domain  Omega: x in [0, 1]
unknown u(x)
unknown kappa > 0 guess 1, q >= -5 <= 5, r < 10
data    probe(x, value, slope) from "data/probe.csv"
eq:  kappa*u_xx + r*u_x = q + x
bc:  u = 0                                          on boundary
fit: u = probe.value, u_x = probe.slope             on probe
