# source: De Ryck, Bonnet, Mishra and de Bezenac 2023, arXiv 2310.05801, Poisson example
problem "1D Poisson, u = sin(k x)"
param k = 1
domain Omega: x in [-pi, pi]
unknown u(x)
let us = sin(k*x)
eq: u_xx = -k^2*us
bc: u = us  on boundary
exact u = us
