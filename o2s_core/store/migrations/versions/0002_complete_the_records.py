"""Complete the records."""

import sqlalchemy as sa
from alembic import op

from o2s_core.store.schema import refuse_downgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema from 0001 to 0002."""
    op.create_table(
        "recurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrence")),
        sa.UniqueConstraint("firm_id", "kind", name=op.f("uq_recurrence_firm_id_kind")),
    )
    with op.batch_alter_table("recurrence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recurrence_firm_id"), ["firm_id"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_feed", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("statement_blob", sa.String(), server_default="", nullable=False)
        )

    with op.batch_alter_table("delivery_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("as_of", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("total", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_delivery_account_provider_id_provider"),
            "provider",
            ["provider_id"],
            ["id"],
        )
        batch_op.drop_column("staged_blob")


def downgrade() -> None:
    """Refuse: a newer store is never read by an older program."""
    refuse_downgrade()
