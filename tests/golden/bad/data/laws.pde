# laws
let f = 1
bc left: u = 0 on x = 0
