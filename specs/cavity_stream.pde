# source: Ghia, Ghia and Shin 1982, J. Comput. Phys. 48; stream function as in arXiv 2001.04536
# note: the curl of the momentum law, so no pressure and no gauge; dn(psi) is the wall speed
problem "Lid-driven cavity, stream function"
param Re = 100
domain Omega: (x, y) in [0, 1]^2
unknown psi(x, y)
let v = (psi_y, -psi_x)
eq vorticity: dot(v, grad(lap(psi))) = lap(lap(psi))/Re
bc lid: psi = 0, dn(psi) = 1  on y = 1
bc walls: psi = 0, dn(psi) = 0  on x = 0, x = 1, y = 0
reference psi(x, y) from "data/cavity_stream.csv"
