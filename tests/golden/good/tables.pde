problem "Tables with other headers, on grids, with a stated interpolation"
domain  Omega: x in [0, 1]
time    t in [0, 1]
data    probe(x = "Pos [m]", t, u = "Temp, measured [C]") from "data/headers.csv"
data    grid(x, t, f) from "data/grid.npz" linear
data    field(t, x, f) from "data/grid.mat" cubic
data    layers(x, k) from "data/layers.csv" nearest
unknown u(x, t)
eq: u_t = layers.k*u_xx + grid.f + field.f
ic: u = 0  at t = 0
bc: u = 0  on boundary
fit: u = probe.u  on probe
reference u(x, t) = "usol" from "data/grid.mat"
