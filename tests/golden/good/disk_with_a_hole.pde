problem "Poisson, disk with a hole"
param   h = 2
region  D = disk(center = (0, 0), radius = 1)
region  H = ellipse(center = (0.3, 0), radii = (0.2, 0.1))
region  T = polygon((-0.5, -0.2), (-0.3, -0.2), (-0.4, 0.1))
domain  Omega: (x, y) in D minus H minus T
unknown u(x, y)
eq:       -lap(u) = 1
bc fixed: u = 0            on boundary(D) where y >= 0
bc robin: dn(u) + h*u = 0  on boundary(D) where y < 0
bc hole:  dn(u) = 0        on boundary(H)
bc corner: u = 1           on boundary(T)
