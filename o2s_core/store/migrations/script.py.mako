"""${message}."""

# ruff: noqa: PLR0915 (a list of tables, written by the generator)
import sqlalchemy as sa
from alembic import op

from o2s_core.store.schema import refuse_downgrade

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema from ${down_revision or "nothing"} to ${up_revision}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: a newer store is never read by an older program."""
    refuse_downgrade()
