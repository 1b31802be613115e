param k = 1
let f = 2 k
