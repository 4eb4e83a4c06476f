"""Templates of PS3.16: classes for their content, and the hook that names them."""
