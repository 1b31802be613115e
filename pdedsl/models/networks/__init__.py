"""Networks: layers of neurons on embedded inputs."""
