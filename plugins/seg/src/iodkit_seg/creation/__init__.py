"""How a segmentation is made: its places, its modules, and the plan of it all."""
