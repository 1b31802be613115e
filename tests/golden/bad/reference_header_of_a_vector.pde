domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v) = 0
bc: v = (0, 0) on boundary
reference v(x, y) = "speed" from "data/probe.csv"
