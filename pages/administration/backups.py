"""Administration › Sauvegardes: copies of everything, encrypted, and how to come back."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Sauvegardes", needs=Permission.BACKUP_RUN)

COLUMNS = [
    ui.Column("name", "Fichier", width=220),
    ui.Column("made_at", "Prise le", "instant", width=150),
    ui.Column("megabytes", "Taille (Mo)", "number", decimals=1),
]
found = administration.backups(ctx)
state = "en cours" if found.running else "en retard" if found.is_late else "à jour"
ui.figures(
    [
        ("Dernière sauvegarde", found.last_label, state),
        ("Sauvegardes gardées", str(found.rows.height), "7 jours, 4 semaines, 12 mois"),
    ]
)
if found.failure:
    st.error(f"La dernière sauvegarde a échoué : {found.failure}")
with st.container(horizontal=True, horizontal_alignment="right"):
    if st.button("Actualiser", icon=":material/refresh:"):
        st.rerun()
    if st.button(
        "Sauvegarder maintenant", icon=":material/backup:", type="primary", disabled=found.running
    ):
        with ui.saving("backup", "Sauvegarde demandée : elle se fait en arrière-plan."):
            administration.run_backup(ctx, key=ui.once("backup"))
pressed = ui.table(
    ctx,
    found.rows,
    COLUMNS,
    key="backups",
    id="name",
    noun="sauvegardes",
    tools=False,
    actions=[ui.Action("download", "Télécharger", "download")]
    if ctx.may(Permission.BACKUP_DOWNLOAD)
    else [],
    empty="Aucune sauvegarde : lancez la première.",
)
if pressed.action == "download":
    with ui.errors():
        ticket = administration.backup_ticket(ctx, pressed.row)
        st.link_button(f"Télécharger {pressed.row} (une fois, 1 minute)", f"/dl/{ticket}")
ui.section("Revenir à une sauvegarde")
st.markdown(
    f"""
1. Sur une machine où O2S est installé, choisissez un dossier vide et indiquez-le par `O2S_HOME`.
2. Remettez le fichier de clés (copie de `{found.key_file.name}`), ou la clé `O2S_BACKUP_KEY` si
   la sauvegarde a été prise avec elle.
3. Lancez `o2s restore FICHIER` : tout est vérifié avant d'être mis en place.
4. Lancez `o2s check`, puis connectez-vous.
"""
)
ui.note(f"Les sauvegardes sont dans {found.folder}. Copiez-les aussi sur un autre support.")
