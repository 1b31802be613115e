# source: Lamé 1852, Leçons sur la théorie mathématique de l'élasticité, modes of a right isosceles triangle
problem "Waves on a triangular membrane"
domain Omega: (x, y) in polygon((0, 0), (1, 0), (1, 1))
time t in [0, 1]
unknown u(x, y, t)
let w = sin(pi*x)*sin(2*pi*y) - sin(2*pi*x)*sin(pi*y)
eq: u_tt = lap(u)
bc: u = 0  on boundary
ic: u = w  at t = 0
ic rest: u_t = 0  at t = 0
exact u = cos(sqrt(5)*pi*t)*w
