"""What the machine says: where the data are, which day it is, which keys to use."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from o2s_core.kernel.context import Place

PARIS: Final = ZoneInfo("Europe/Paris")


class Settings(BaseSettings):
    """Read once by `app.py` and by the command line, from `O2S_*` variables."""

    model_config = SettingsConfigDict(env_prefix="O2S_", frozen=True)

    home: Path = Path("data/var")
    database_url: str | None = None
    today: date | None = None  #: a fixed day, for tests and rehearsals
    backup_key: SecretStr | None = None
    key_file: Path | None = None  #: where the sealing key lies; default: `<home>.key`
    secure_cookie: bool = False  #: on behind TLS
    samples: Path | None = None

    @property
    def place(self) -> Place:
        """Return where this firm's data live."""
        home = self.home.resolve()
        url = self.database_url or f"sqlite:///{home / 'o2s.sqlite3'}"
        return Place(home, url, self.key_file)

    def clock(self) -> tuple[datetime, date]:
        """Return now (aware, UTC) and today in Paris; the only reading of the clock."""
        now = datetime.now(UTC)
        if self.today is None:
            return now, now.astimezone(PARIS).date()
        local = now.astimezone(PARIS)
        moment = datetime.combine(self.today, local.timetz(), tzinfo=PARIS)
        return moment.astimezone(UTC), self.today
