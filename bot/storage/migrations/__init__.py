"""The history of the tables, for Alembic. It only goes forward: the way back is a backup."""
