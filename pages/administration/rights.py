"""Administration › Profils et droits: which profile may do what."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Profils et droits", needs=Permission.RIGHTS_READ)

PROFILES = [
    ui.Column("label", "Profil", width=180),
    ui.Column("purpose", "Ce qu'il fait", width=380),
    ui.Column("scopes", "Périmètres possibles", width=260),
    ui.Column("rights", "Droits", "integer"),
    ui.Column("users", "Utilisateurs", "integer", total=True),
]
matrix = administration.rights_matrix(ctx)
ui.table(ctx, matrix.profile_rows, PROFILES, key="profiles", id="code", noun="profils", tools=False)
ui.section("Matrice des droits", "les droits sensibles portent une étoile")
module = st.segmented_control(
    "Module",
    matrix.modules,
    default=matrix.modules[0],
    required=True,
    label_visibility="collapsed",
    key="rights_module",
)
columns = [ui.Column("label", "Droit", width=280)]
columns += [ui.Column(p.code, p.label, width=96) for p in matrix.profiles]
ui.table(
    ctx,
    matrix.marks(str(module)),
    columns,
    key=f"rights_{module}",
    id="right",
    noun="droits",
    export="profils-droits",
    export_needs=Permission.USER_EXPORT,
)
