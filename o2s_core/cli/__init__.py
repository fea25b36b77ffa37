"""The command line: the same functions as the pages."""

import sys

import typer

from o2s_core.cli import bench, comparison, contact, feed, firm, market, operations, portfolio
from o2s_core.cli.asking import tell
from o2s_core.cli.demo import demo
from o2s_core.cli.statement import statement
from o2s_core.cli.worker import worker
from o2s_core.kernel.errors import O2SError

app = typer.Typer(
    name="o2s",
    help="Poste de travail du conseiller en gestion de patrimoine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (firm.app, operations.app):
    app.registered_commands += group.registered_commands
app.command("demo")(demo)
app.command("worker")(worker)
app.command("bench")(bench.bench)
app.add_typer(firm.user_app, name="user", help="Utilisateurs du cabinet.")
app.add_typer(contact.app, name="contact", help="Contacts.")
app.add_typer(feed.app, name="feed", help="Flux des partenaires.")
app.add_typer(market.price_app, name="price", help="Cours.")
app.add_typer(market.rate_app, name="rate", help="Taux de change.")
app.add_typer(operations.audit_app, name="audit", help="Journal d'audit.")
app.command("holdings")(portfolio.holdings)
app.command("movements")(portfolio.movements)
app.command("performance")(portfolio.performance)
app.command("compare")(comparison.compare)
app.command("statement")(statement)


def run() -> None:
    """Run a command; an expected error is a French sentence and exit code 2."""
    try:
        app()
    except O2SError as error:
        tell(str(error))
        sys.exit(2)
