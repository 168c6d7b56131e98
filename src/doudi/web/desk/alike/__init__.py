"""How like cases went, and the county's standing precedents."""
