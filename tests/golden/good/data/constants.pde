param k0 = 4
