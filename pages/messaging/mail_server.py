"""Administration › Serveur d'envoi: by which server the firm's e-mails leave."""

from o2s_core import ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import mail_server_panel

ctx = ui.page("Serveur d'envoi", needs=Permission.MAIL_SERVER)
mail_server_panel.show(ctx)
