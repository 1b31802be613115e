problem "Greek letters and signs of papers"
param   ν = 0.01/π, α = 1
domain  Ω: (x, η) ∈ [−1, 1] × [0, 1]
time    τ ∈ [0, 1]
unknown φ(x, η, τ)
eq: φ_τ + α·φ²·φ_x = ν*Δ φ − φ³
ic: φ = −sin(π*x)*(1 − η)²  at τ = 0
bc: φ = 0  on x = −1, x = 1
bc: ∂(φ, η) = 0  on η = 0 where x ≥ −1 and x ≠ 2
bc: φ = 0  on η = 1
