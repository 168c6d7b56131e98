"""The same rule bodies on DuckDB; the lake of files; the register built from it."""
