# Find a coefficient from a measurement, which is a law at a point here.
# Many of them come from a file:
#   data probe(x, value) from "probe.csv"
#   fit: u = probe.value  on probe
problem "Find the conductivity"
domain Omega: x in [0, 1]
unknown u(x)
unknown k > 0 guess 1
eq: -d(k*(1 + x)*u_x, x) = 1
bc left: u = 0  on x = 0
bc right: u = 0  on x = 1
eq probe: u = 0.1  at x = 0.5
