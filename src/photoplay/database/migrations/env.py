"""What Alembic runs around the migrations: all in the transaction of `schema.migrate`."""

from alembic import context

from photoplay.database.schema import VERSION_TABLE
from photoplay.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
