from tests.authorisation import spy
from tests.authorisation.test_scoped_queries import *


def test_z(world):
    with spy.statements(world.place) as seen:
        run_all(world, world.of("alice"), world.alice)
        run_all(world, anything(world), world.bruno)
    open("/tmp/zz.txt", "w").write(
        "\n".join(
            sorted({re.sub(r"SELECT .*? FROM", "SELECT FROM", t) for t in seen if spy.unscoped(t)})
        )
    )
