// The one table: rows already written in French by the core; this draws them and says what was asked.
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};

function content(cell, column) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "string") return cell;
  const text = cell.href ? make("a", { href: cell.href }, cell.t) : document.createTextNode(cell.t);
  if (column.kind === "badge") return make("span", { class: `badge ${cell.tone || ""}` }, text);
  if (column.kind === "progress") {
    if (cell.p === undefined) return text;
    const filled = make("b");
    filled.style.width = `${Math.max(0, Math.min(1, cell.p)) * 100}%`;
    return make("span", { class: "meter" }, make("i", {}, filled), text);
  }
  return text;
}

const fitting = (column) => `${column.wide ? "wide" : ""} ${column.below ? "below" : ""}`;

function cellOf(cell, column) {
  const object = cell && typeof cell === "object" ? cell : {};
  const inside = content(cell, column);
  const parts = [inside];
  if (object.sub) parts.push(make("small", {}, object.sub));
  return make("td", { class: `${column.align} ${fitting(column)} kind-${column.kind} ${object.tone && column.kind !== "badge" ? object.tone : ""}`, title: object.hint }, ...parts);
}

function header(data, sort) {
  const row = make("tr");
  if (data.select) row.append(make("th", { class: "pick" }, make("input", { type: "checkbox", "data-all": true, "aria-label": "Tout sélectionner" })));
  for (const column of data.columns) {
    const sorted = data.sort && data.sort[0] === column.name ? (data.sort[1] ? "descending" : "ascending") : null;
    const label = data.sortable
      ? make("button", { type: "button", "data-sort": column.name }, column.label, make("span", { class: "arrow", "aria-hidden": "true" }, sorted ? (data.sort[1] ? "▾" : "▴") : ""))
      : column.label;
    row.append(make("th", { class: `${column.align} ${fitting(column)}`, scope: "col", title: column.help, "aria-sort": sorted, style: column.width ? `min-width:${Number(column.width)}px` : null }, label));
  }
  if (data.actions.length) row.append(make("th", { class: "act" }, make("span", { class: "spoken" }, "Actions")));
  return make("thead", {}, row);
}

function bodyRow(row, data, chosen) {
  const tr = make("tr", { class: row.kind || "", "data-id": row.id, "data-href": row.href, tabindex: row.href ? "0" : null });
  if (data.select) {
    const box = make("input", { type: "checkbox", "data-pick": row.id, "aria-label": "Sélectionner la ligne" });
    box.checked = chosen.has(String(row.id));
    tr.append(make("td", { class: "pick" }, row.kind === "group" || row.kind === "total" ? null : box));
  }
  data.columns.forEach((column, n) => tr.append(cellOf(row.cells[n], column)));
  if (data.actions.length) {
    const allowed = row.kind === "group" || row.kind === "total" ? [] : data.actions;
    tr.append(make("td", { class: "act" }, ...allowed.map((a) =>
      make("button", { type: "button", "data-action": a.name, "data-row": row.id, title: a.label, "aria-label": a.label }, make("span", { class: "icon", "aria-hidden": "true" }, a.icon)))));
  }
  return tr;
}

// What a phone shows under a row, across the table: a sentence is read without scrolling sideways.
function underRow(row, data) {
  const parts = data.columns.flatMap((column, n) => {
    const cell = row.cells[n];
    if (!column.below || row.kind || !cell || cell.t === "") return [];
    const sub = typeof cell === "object" && cell.sub ? make("small", {}, cell.sub) : null;
    return [make("div", {}, content(cell, column), ...(sub ? [sub] : []))];
  });
  if (!parts.length) return [];
  const width = data.columns.length + (data.select ? 1 : 0) + (data.actions.length ? 1 : 0);
  return [make("tr", { class: "under", "data-href": row.href }, make("td", { colspan: width }, ...parts))];
}

function toolbar(data) {
  const parts = [];
  if (data.filter !== null) parts.push(make("input", { type: "search", value: data.filter, placeholder: "Filtrer ces lignes…", "aria-label": "Filtrer ces lignes" }));
  parts.push(make("span", { class: "count", role: "status" }, data.count));
  const right = make("span", { class: "right" });
  if (data.chooser.length) {
    const list = make("div", { class: "panel" });
    for (const c of data.chooser) {
      const box = make("input", { type: "checkbox", "data-column": c.name });
      box.checked = c.shown;
      list.append(make("label", {}, box, c.label));
    }
    right.append(make("details", { "data-menu": "columns" }, make("summary", {}, "Colonnes"), list));
  }
  if (data.exports.length) {
    right.append(make("details", { "data-menu": "export" }, make("summary", {}, "Exporter"),
      make("div", { class: "panel" }, ...data.exports.map((f) => make("button", { type: "button", "data-export": f.name }, f.label)))));
  }
  parts.push(right);
  return make("div", { class: "tools" }, ...parts);
}

function pager(data) {
  if (data.pages < 2) return null;
  const button = (to, text, label) => make("button", { type: "button", "data-page": to, disabled: to < 1 || to > data.pages, "aria-label": label }, text);
  const size = make("select", { "aria-label": "Lignes par page" }, ...data.sizes.map((s) => make("option", { value: s, selected: s === data.size }, `${s} par page`)));
  return make("div", { class: "pager" }, button(data.page - 1, "‹", "Page précédente"), make("span", {}, `Page ${data.page} sur ${data.pages}`), button(data.page + 1, "›", "Page suivante"), size);
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".table");
  const memory = (root.memory ??= { chosen: new Set(), folded: new Set(), downloaded: null, timer: null });
  memory.chosen = new Set([...memory.chosen].filter((id) => data.known.includes(id)));
  const active = root.getRootNode().activeElement;
  const typing = active && active.type === "search" ? { value: active.value, at: active.selectionStart } : null;
  const open = root.querySelector("details[open]")?.dataset.menu;
  const scrolled = root.querySelector(".scroll")?.scrollLeft || 0;

  const body = make("tbody", {}, ...data.rows.flatMap((row) => [bodyRow(row, data, memory.chosen), ...underRow(row, data)]));
  const width = data.columns.length + (data.select ? 1 : 0) + (data.actions.length ? 1 : 0);
  if (!data.rows.length) body.append(make("tr", { class: "none" }, make("td", { colspan: width }, make("div", {}, data.empty))));
  const foot = data.totals ? make("tfoot", {}, bodyRow({ cells: data.totals, kind: "total" }, data, memory.chosen)) : null;
  const scroll = make("div", { class: "scroll", style: data.height ? `max-height:${Number(data.height)}px` : null },
    make("table", {}, make("caption", { class: "spoken" }, data.caption), header(data), body, foot));
  root.replaceChildren(...[data.tools ? toolbar(data) : null, scroll, pager(data)].filter(Boolean));
  scroll.scrollLeft = scrolled;
  if (open) root.querySelector(`details[data-menu="${open}"]`)?.setAttribute("open", "");
  const search = root.querySelector("input[type=search]");
  if (typing && search) {
    search.value = typing.value;
    search.focus();
    search.setSelectionRange(typing.at, typing.at);
  }
  fold();
  if (data.download && data.download !== memory.downloaded) {
    memory.downloaded = data.download;
    const anchor = make("a", { href: data.download, download: true });
    root.append(anchor);
    anchor.click();
    anchor.remove();
  }

  function fold() {
    let hidden = false;
    for (const tr of body.rows) {
      if (tr.classList.contains("group")) {
        hidden = memory.folded.has(tr.dataset.id);
        tr.classList.toggle("folded", hidden);
      } else tr.hidden = hidden;
    }
  }
  const go = (href) => setTriggerValue("go", href);
  const choose = () => setStateValue("selected", [...memory.chosen]);
  const modified = (e) => e.button || e.metaKey || e.ctrlKey || e.shiftKey;

  root.onclick = (event) => {
    const at = event.target;
    const button = at.closest("button");
    const anchor = at.closest("a");
    if (anchor && !anchor.hasAttribute("download")) {
      if (modified(event)) return;
      event.preventDefault();
      return go(anchor.getAttribute("href"));
    }
    if (button?.dataset.sort) {
      const descending = data.sort && data.sort[0] === button.dataset.sort ? !data.sort[1] : false;
      return setStateValue("sort", [button.dataset.sort, descending]);
    }
    if (button?.dataset.action) return setTriggerValue("action", [button.dataset.action, button.dataset.row]);
    if (button?.dataset.page) return setStateValue("page", Number(button.dataset.page));
    if (button?.dataset.export) {
      button.closest("details").removeAttribute("open");
      return setTriggerValue("export", button.dataset.export);
    }
    const row = at.closest("tr");
    if (row?.classList.contains("group") && data.folding) {
      memory.folded.has(row.dataset.id) ? memory.folded.delete(row.dataset.id) : memory.folded.add(row.dataset.id);
      fold();
    }
    return undefined;
  };
  root.ondblclick = (event) => {
    const href = event.target.closest("tr[data-href]")?.dataset.href;
    if (href && !event.target.closest("input, button")) go(href);
  };
  root.onkeydown = (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target !== row) return;
    if (event.key === "Enter") go(row.dataset.href);
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    let next = step ? row[step] : null;
    while (next?.classList.contains("under")) next = next[step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  root.onchange = (event) => {
    const box = event.target;
    if (box.matches("select")) return setStateValue("size", Number(box.value));
    if (box.dataset.column) {
      const shown = [...root.querySelectorAll("input[data-column]:checked")].map((b) => b.dataset.column);
      return setStateValue("columns", shown);
    }
    if (box.hasAttribute("data-all")) {
      root.querySelectorAll("input[data-pick]").forEach((b) => {
        b.checked = box.checked;
        box.checked ? memory.chosen.add(b.dataset.pick) : memory.chosen.delete(b.dataset.pick);
      });
      return choose();
    }
    if (box.dataset.pick) {
      box.checked ? memory.chosen.add(box.dataset.pick) : memory.chosen.delete(box.dataset.pick);
      return choose();
    }
    return undefined;
  };
  root.oninput = (event) => {
    if (event.target.type !== "search") return;
    const text = event.target.value;
    clearTimeout(memory.timer);
    memory.timer = setTimeout(() => {
      setStateValue("page", 1);
      setStateValue("filter", text);
    }, 250);
  };
  const outside = (event) => {
    const details = root.querySelector("details[open]");
    if (details && !event.composedPath().includes(details)) details.removeAttribute("open");
  };
  document.addEventListener("click", outside);
  return () => document.removeEventListener("click", outside);
}
