"""Where Alembic finds the open connection; `schema.migrate` and `schema.autogenerate` call it."""

from alembic import context
from sqlmodel import SQLModel

from o2s_core.store.schema import compared, fill_new_columns, render, type_differs

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=type_differs,
    include_name=compared,
    process_revision_directives=fill_new_columns,
    user_module_prefix="sa.",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
