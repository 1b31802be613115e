# source: our own, manufactured solution; surface of references/gear.py
problem "Screened Poisson equation in a gear given by an STL file"
region gear = mesh("data/gear.stl")
domain Omega: (x, y, z) in gear
unknown u(x, y, z)
let v = exp(x/2)*sin(2*y + z)
eq: -lap(u) + (1 + x^2)*u = 5.75*v + x^2*v  # lap(v) = -4.75 v
bc: u = v  on boundary
exact u = v
