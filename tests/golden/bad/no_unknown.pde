param k = 2
domain Omega: x in [0, 1]
