domain Omega: x in [0, 1]
unknown curl(x)
eq: curl_xx = 1
bc: curl = 0 on boundary
