// The heading of a page: where it is, what it is called, the pages beside it, the client's identity.
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const badge = (b) => make("span", { class: `badge ${b.tone || ""}`, title: b.hint }, b.text);
const step = (href, mark, label) =>
  href ? make("a", { href, class: "step", title: label, "aria-label": label }, mark) : null;

function browse(rubrics) {
  const panel = make("div", { class: "panel" });
  for (const rubric of rubrics) {
    panel.append(make("section", {}, make("p", {}, rubric.label),
      ...rubric.pages.map((p) => make("a", { href: p.href, "aria-current": p.current ? "page" : null }, p.label))));
  }
  return make("details", {}, make("summary", {}, "Tout parcourir"), panel);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".head");
  const crumbs = make("nav", { class: "crumbs", "aria-label": "Fil d'Ariane" });
  for (const crumb of data.crumbs || []) {
    crumbs.append(crumb.href ? make("a", { href: crumb.href }, crumb.label) : make("span", {}, crumb.label), make("i", { "aria-hidden": "true" }, "›"));
  }
  const identity = make("div", { class: "identity" }, crumbs.childElementCount ? crumbs : null, make("h1", {}, data.title),
    ...(data.facts || []).map((f) => make("span", { class: "fact" }, f)), ...(data.badges || []).map(badge));
  const tabs = make("nav", { class: "tabs", "aria-label": "Pages" },
    ...(data.tabs || []).map((t) => make("a", { href: t.href, "aria-current": t.current ? "page" : null }, t.label)));
  const right = make("div", { class: "right" }, step(data.previous, "‹", "Dossier précédent"), step(data.next, "›", "Dossier suivant"),
    data.browse ? browse(data.browse) : null);
  root.replaceChildren(identity, make("div", { class: "row" }, tabs, right));
  const clicked = (event) => {
    const path = event.composedPath();
    const details = root.querySelector("details[open]");
    if (details && !path.includes(details)) details.removeAttribute("open");
    const anchor = path.find((n) => n.tagName === "A" && root.contains(n));
    if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    details?.removeAttribute("open");
    setTriggerValue("go", anchor.getAttribute("href"));
  };
  const typed = (event) => event.key === "Escape" && root.querySelector("details[open]")?.removeAttribute("open");
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", typed);
  return () => {
    document.removeEventListener("click", clicked);
    document.removeEventListener("keydown", typed);
  };
}
