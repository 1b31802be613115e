# source: Mueller and Zeinhofer 2023, arXiv 2302.13163; Schwencke, Furtlehner 2024, arXiv 2412.10782
problem "Heat equation with diffusivity 1/4"
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx/4
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
exact u = exp(-pi^2*t/4)*sin(pi*x)
