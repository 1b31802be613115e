# Any shape of the plane: shapes are joined by union, intersect and minus.
problem "Poisson's equation on a plate with a hole"
region plate = disk(center = (0, 0), radius = 2)
region hole = disk(center = (0.5, 0), radius = 0.5)
domain Omega: (x, y) in plate minus hole
unknown u(x, y)
eq: -lap(u) = 1
bc rim: u = 0  on boundary(plate)
bc hole: dn(u) = 0  on boundary(hole)
output peak = max(u)
