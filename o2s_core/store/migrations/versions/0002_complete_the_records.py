"""Complete the records.."""

# ruff: noqa: PLR0915 (a list of tables, written by the generator)
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

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_firm_id"))

    with op.batch_alter_table("account_holder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_holder_firm_id"))

    with op.batch_alter_table("account_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_link_firm_id"))

    with op.batch_alter_table("agency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_firm_id"))

    with op.batch_alter_table("anomaly", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_anomaly_firm_id"))

    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_firm_id"))

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_firm_id"))

    with op.batch_alter_table("contact_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_change_firm_id"))

    with op.batch_alter_table("contact_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_group_firm_id"))

    with op.batch_alter_table("contact_group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_group_member_firm_id"))

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_feed", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("statement_blob", sa.String(), server_default="", nullable=False)
        )
        batch_op.drop_index(batch_op.f("ix_delivery_firm_id"))

    with op.batch_alter_table("delivery_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("as_of", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("total", sa.BigInteger(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_delivery_account_firm_id"))
        batch_op.create_foreign_key(
            batch_op.f("fk_delivery_account_provider_id_provider"),
            "provider",
            ["provider_id"],
            ["id"],
        )
        batch_op.drop_column("staged_blob")

    with op.batch_alter_table("delivery_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_step_firm_id"))

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_firm_id"))

    with op.batch_alter_table("file_code_counter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_code_counter_firm_id"))

    with op.batch_alter_table("firm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_firm_id"))

    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_member_firm_id"))

    with op.batch_alter_table("instrument", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instrument_firm_id"))

    with op.batch_alter_table("instrument_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instrument_alias_firm_id"))

    with op.batch_alter_table("mapping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mapping_firm_id"))

    with op.batch_alter_table("movement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_movement_account_id"))
        batch_op.drop_index(batch_op.f("ix_movement_firm_id"))
        batch_op.drop_index(batch_op.f("ix_movement_trade_on"))
        batch_op.create_index(
            "ix_movement_account_id_trade_on", ["account_id", "trade_on"], unique=False
        )

    with op.batch_alter_table("pending_price", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pending_price_firm_id"))

    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_firm_id"))

    with op.batch_alter_table("raw_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raw_row_firm_id"))

    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_setting_firm_id"))

    with op.batch_alter_table("situation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_situation_account_id"))
        batch_op.drop_index(batch_op.f("ix_situation_as_of"))
        batch_op.drop_index(batch_op.f("ix_situation_firm_id"))

    with op.batch_alter_table("situation_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_situation_line_firm_id"))

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_firm_id"))


def downgrade() -> None:
    """Refuse: a newer store is never read by an older program."""
    refuse_downgrade()
