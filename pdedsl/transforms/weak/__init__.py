"""The weak form of laws: integration by parts in symbols, and the fluxes that a spec gives."""
