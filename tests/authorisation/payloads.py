"""Texts that somebody hostile would put into a name, a label, a file name or a search."""

FIRE = "window.o2s_fired=1"
#: Each would set `window.o2s_fired`, open a dialog or call another host, if it were ever run.
SCRIPTS = (
    *(
        f"<{tag} {event}={FIRE}>"
        for tag, event in (
            ("img src=x", "onerror"), ("svg", "onload"), ("body", "onload"), ("video src=x", "onerror"),
            ("audio src=x", "onerror"), ("input autofocus", "onfocus"), ("details open", "ontoggle"),
            ("marquee", "onstart"), ("iframe", "onload"), ("select autofocus", "onfocus"),
            ("textarea autofocus", "onfocus"), ("object data=x", "onerror"), ("p", "onmouseover"),
            ("div style='animation:x 1s'", "onanimationstart"), ("link rel=stylesheet href=x", "onerror"),
            ("source src=x", "onerror"), ("a href=# autofocus", "onfocus"), ("form", "onsubmit"),
        )
    ),
    f"<script>{FIRE}</script>", f"</title><script>{FIRE}</script>", f"<ScRiPt>{FIRE}</sCrIpT>",
    f"<script src=data:text/javascript,{FIRE}></script>", f"</script><script>{FIRE}</script>",
    f"<svg><script>{FIRE}</script></svg>", f"<math><mtext><script>{FIRE}</script></mtext></math>",
    f"<iframe srcdoc='<script>parent.{FIRE}</script>'>", f"<iframe src='javascript:parent.{FIRE}'>",
    f"<a href='javascript:{FIRE}'>ouvrir</a>", f"[ouvrir](javascript:{FIRE})",
    f"[ouvrir](JaVaScRiPt:{FIRE})", f"<javascript:{FIRE}>", f"javascript:{FIRE}",
    f"[x](data:text/html,<script>{FIRE}</script>)", f"data:text/html;base64,{FIRE}",
    "![suivi](http://192.0.2.7/pixel.png)", "<img src=http://192.0.2.7/pixel.png>",
    "![suivi](//192.0.2.7/p.png)", "[![x](http://192.0.2.7/p.png)](http://192.0.2.7)",
    "<link rel=stylesheet href=http://192.0.2.7/x.css>", "<style>@import 'http://192.0.2.7/x.css'</style>",
    "<style>body{display:none}</style>", "<base href=http://192.0.2.7/>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.7/'>",
    "<form action=http://192.0.2.7/><button>Se connecter</button></form>",
    f"\"><img src=x onerror={FIRE}>", f"'><img src=x onerror={FIRE}>", f"`><img src=x onerror={FIRE}>",
    f"\" onmouseover={FIRE} x=\"", f"' onfocus={FIRE} autofocus x='", f"--><img src=x onerror={FIRE}>",
    f"]]><img src=x onerror={FIRE}>", f"&lt;img src=x onerror={FIRE}&gt;", f"%3Cscript%3E{FIRE}%3C/script%3E",
    f"\\u003cimg src=x onerror={FIRE}\\u003e", f"{{{{constructor.constructor('{FIRE}')()}}}}",
    f"${{{FIRE}}}", f"<%= {FIRE} %>", f"$\\href{{javascript:{FIRE}}}{{x}}$", f":material/{FIRE}: :red[x]",
    "alert(1)", "<img src=x onerror=alert(1)>", "<svg/onload=confirm(1)>", "<svg/onload=prompt(1)>",
    f"<noscript><p title='</noscript><img src=x onerror={FIRE}>'>", f"<table background=javascript:{FIRE}>",
    "<img src=x:x onerror\x0b=alert(1)>", "\u202e<img src=x onerror=alert(1)>", "= =1+1|cmd",
)  # fmt: skip
#: What a spreadsheet would run.
FORMULAS = (
    '=HYPERLINK("http://192.0.2.7","x")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1",
    "\r=1+1", "=1+1;=2+2",
)  # fmt: skip
#: What a careless query would take for its own words.
QUERIES = (
    "'", "''", '"', "`", ";", "--", "/*", "*/", "\\", "%", "_", "%%", "[a]", "?", ":x", "$1", "{}", "{0}",
    "%s", "%(x)s", "' or '1'='1", "' or 1=1 --", '" or ""="', "1; drop table contact", "'; delete from contact; --",
    "' union select 1,2,3 --", "') or ('1'='1", "a' and sleep(5) --", "x' || 'y", "null", "NULL", "true",
    "0x31", "1e309", "\x00", "\u2028", "é'è", "O'Neil", "martin%' escape '\\", "(select 1)", "$everyone", "x" * 5_000,
)  # fmt: skip
