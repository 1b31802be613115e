param k = 1, rho = 2
