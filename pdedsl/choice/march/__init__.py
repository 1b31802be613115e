"""The march in time: windows and elements that follow the residual."""
