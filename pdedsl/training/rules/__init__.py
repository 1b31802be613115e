"""Rules that look at the steps of a training run, and change what is trained or end it."""
