"""The parts that Dolt and MariaDB share, as both speak MySQL's protocol. Not a backend."""
