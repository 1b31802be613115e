# source: Mueller and Zeinhofer 2023, arXiv 2302.13163; Schwencke, Furtlehner 2024, arXiv 2412.10782
# note: some slides print lap(u) = +pi^2*us, whose solution is not us
problem "Laplace in five dimensions"
domain Omega: x in [0, 1]^5
unknown u(x)
let us = sum(sin(pi*x[i]) for i in 1..5)
eq: lap(u) = -pi^2*us
bc: u = us  on boundary
exact u = us
