"""The register as lists: by tier and place, who came, left or was refused, of whom little is known; telling of somebody new."""
