"""Whether stated intervals of numbers from noisy data hold the truth as often as they say."""
