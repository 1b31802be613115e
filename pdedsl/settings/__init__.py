"""The schema of methods: options of models, optimizers, sampling and schedule, read and checked."""
