# source: Wang, Teng and Perdikaris 2021, arXiv 2001.04536, section 2.4 (1D model problem)
# note: the gradient of the residual grows like C^4; C = 20 is our choice, --set C=... changes it
problem "1D Poisson, u = sin(C x)"
param C = 20
domain Omega: x in [0, 1]
unknown u(x)
let us = sin(C*x)
eq: u_xx = -C^2*us
bc: u = us  on boundary
exact u = us
