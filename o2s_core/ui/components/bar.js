// The module bar: one row with the modules, the bell and the menu of the person.
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const icon = (name) => make("span", { class: "icon", "aria-hidden": "true" }, name);
const link = (entry) =>
  make("a", { href: entry.href, "aria-current": entry.current ? "page" : null, title: entry.hint || null },
    entry.icon ? icon(entry.icon) : null,
    entry.icon && entry.bare ? make("span", { class: "spoken" }, entry.label) : entry.label);

const menu = (id, label, summary, body, current) =>
  make("details", { "data-menu": id },
    make("summary", { "aria-label": label, title: label, "aria-current": current ? "page" : null }, ...summary), body);

function bell(news) {
  const list = make("div", { class: "panel news" }, make("p", { class: "heading" }, "Alertes techniques"));
  if (!news.length) list.append(make("p", { class: "empty" }, "Aucune nouvelle donnée depuis votre dernière visite."));
  for (const item of news) {
    list.append(make("a", { href: item.href, class: "item " + (item.tone || "") },
      make("span", {}, item.text), make("small", {}, item.when || "")));
  }
  const count = news.length ? make("b", { class: "count" }, String(news.length)) : null;
  return menu("bell", `Alertes techniques : ${news.length}`, [icon("notifications"), count], list);
}

const ask = (address, question) =>
  fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) });
// The files opened lately, under what may be done from anywhere; asked when the menu opens.
async function lastFiles(panel) {
  const answer = await ask("/files/recent", {}).catch(() => null);
  const files = answer?.ok ? await answer.json() : [];
  panel.querySelectorAll(".last").forEach((node) => node.remove());
  if (!files.length) return;
  panel.append(make("p", { class: "label last" }, "Derniers dossiers"));
  for (const file of files) panel.append(make("a", { href: file.href, class: "last" }, file.label, make("small", {}, file.detail)));
}
// A page learns its address a moment after it is drawn.
function noteFile(root) {
  const code = new URLSearchParams(window.location.search).get("contact");
  if (!code || code === root.noted) return;
  root.noted = code;
  ask("/files/opened", { contact: code }).catch(() => null);
}

const STORED = (path) => `stActiveTheme-${path}-v2`;
function chooseTheme(name, urls) {
  for (const path of [...urls, window.location.pathname]) {
    if (name === "System") window.localStorage.removeItem(STORED(path));
    else window.localStorage.setItem(STORED(path), JSON.stringify(name));
  }
  window.location.reload();
}
function themes(urls) {
  const saved = JSON.parse(window.localStorage.getItem(STORED(window.location.pathname)) || '"System"');
  const group = make("div", { class: "themes", role: "group", "aria-label": "Thème" });
  for (const [name, label] of [["System", "Auto"], ["Light", "Clair"], ["Dark", "Sombre"]]) {
    const button = make("button", { type: "button", "aria-pressed": String(saved === name) }, label);
    button.addEventListener("click", () => chooseTheme(name, urls));
    group.append(button);
  }
  return group;
}

function person(data) {
  const panel = make("div", { class: "panel" },
    make("p", { class: "heading" }, data.person.name, make("small", {}, data.person.profile)));
  for (const entry of data.person.entries) panel.append(link(entry));
  panel.append(make("p", { class: "label" }, "Thème"), themes(data.urls));
  panel.append(make("form", { method: "post", action: "/logout" },
    make("button", { type: "submit", class: "out" }, icon("logout"), "Se déconnecter")));
  const module = data.person.module;
  const shown = [icon("account_circle"), make("span", { class: "name" }, data.person.name)];
  if (module) shown.push(make("b", { class: "module" }, module));
  return menu("person", "Votre menu", shown, panel, module);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".bar");
  const open = root.querySelector("details[open]")?.dataset.menu;
  const modules = make("nav", { "aria-label": "Modules" }, ...data.modules.map(link));
  const right = make("div", { class: "right" }, data.demo ? make("span", { class: "demo", title: "Chiffres inventés" }, "Démonstration") : null,
    data.quick.length ? menu("quick", "Menu d'actions courantes", [icon("add")],
      make("div", { class: "panel" }, ...data.quick.map(link))) : null,
    bell(data.news), person(data));
  // The box stays when the bar is drawn again: somebody may be typing in it.
  const box = root.querySelector(".search") || searchBox((href) => root.go(href));
  if (box.isConnected) {
    root.querySelector("nav").replaceWith(modules);
    root.querySelector(".right").replaceWith(right);
  } else root.replaceChildren(modules, box, right);
  if (open) root.querySelector(`details[data-menu="${open}"]`)?.setAttribute("open", "");
  let leaving = false;
  root.go = (href) => {
    leaving = true;
    setTriggerValue("go", href);
  };
  root.querySelector("details[data-menu=bell]").addEventListener("toggle", (event) => {
    if (!event.target.open && data.news.length && !leaving) setTriggerValue("seen", true);
  });
  const close = (keep) => root.querySelectorAll("details[open]").forEach((d) => d !== keep && d.removeAttribute("open"));
  const clicked = (event) => {
    const path = event.composedPath();
    const inside = path.find((n) => n.tagName === "DETAILS" && root.contains(n));
    if (!path.includes(box)) box.leave();
    close(inside);
    const anchor = path.find((n) => n.tagName === "A" && root.contains(n));
    if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    close();
    const href = anchor.getAttribute("href");
    if (href in SCOPES) box.open(href);
    else root.go(href);
  };
  const typed = (event) => {
    if (event.key === "Escape") close();
    if (event.key === "+" && !isTyping(event)) quick?.toggleAttribute("open");
    if (!wantsSearch(event)) return;
    event.preventDefault();
    box.open();
  };
  const quick = root.querySelector("details[data-menu=quick]");
  quick?.addEventListener("mouseenter", () => (close(quick), quick.setAttribute("open", "")));
  quick?.querySelector("summary").addEventListener("click", (event) => {
    if (event.detail) (event.preventDefault(), quick.setAttribute("open", "")); // the mouse opened it already
  });
  quick?.addEventListener("toggle", () => quick.open && lastFiles(quick.querySelector(".panel")));
  const noting = setTimeout(noteFile, 1500, root);
  quick?.addEventListener("mouseleave", () => quick.removeAttribute("open"));
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", typed);
  speakFrench();
  return () => {
    clearTimeout(noting);
    document.removeEventListener("click", clicked);
    document.removeEventListener("keydown", typed);
  };
}
