// The quick search box: asks `/search/quick` at each pause of the typing, and leads where one chooses.
const PAUSE = 120; // milliseconds
const HINT = "Contact, compte ou support  ( / )";
const SCOPES = {
  "#find": ["Contacts", "Nom, code dossier, téléphone ou e-mail"],
  "#find-account": ["Comptes", "Numéro ou intitulé du compte"],
};

function searchBox(follow) {
  const field = make("input", { type: "search", placeholder: HINT, "aria-label": "Recherche rapide", role: "combobox", autocomplete: "off",
    spellcheck: "false", maxlength: "100", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list" });
  const panel = make("div", { class: "found", id: "found", role: "listbox", "aria-label": "Résultats", hidden: true });
  const box = make("div", { class: "search", role: "search" }, icon("search"), field, panel);
  const state = { only: "", old: false, all: false, chosen: -1, waiting: 0, asking: null };

  const options = () => [...panel.querySelectorAll("a")];
  const choose = (to) => {
    const all = options();
    state.chosen = all.length ? (to + all.length) % all.length : -1;
    all.forEach((option, n) => option.setAttribute("aria-selected", String(n === state.chosen)));
    all[state.chosen]?.scrollIntoView({ block: "nearest" });
  };
  const show = (open) => {
    panel.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
  };
  const leave = () => {
    Object.assign(state, { only: "", old: false, all: false });
    field.value = "";
    field.placeholder = HINT;
    panel.replaceChildren();
    show(false);
    field.blur();
    box.classList.remove("open");
  };
  const go = (href) => {
    leave();
    follow(href);
  };
  const line = (item) => {
    const said = [make("span", {}, item.label, item.old ? make("em", {}, " archivé") : null), make("small", {}, item.detail)];
    if (!item.href) return make("p", { class: "closed" }, ...said);
    const option = make("a", { href: item.href, role: "option" }, ...said);
    option.addEventListener("click", (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      go(item.href);
    });
    return option;
  };
  const again = (change) => {
    Object.assign(state, change);
    ask();
    field.focus();
  };
  const button = (label, act) => {
    const made = make("button", { type: "button", class: "more" }, label);
    made.addEventListener("click", (event) => (event.stopPropagation(), act()));
    return made;
  };
  const draw = (groups) => {
    const kept = groups.filter((group) => !state.only || group.title === state.only);
    panel.replaceChildren(...kept.flatMap((group) => [make("p", { class: "label" }, group.title), ...group.items.map(line),
      group.more && !state.all ? button(`Voir plus (${group.title.toLowerCase()})`, () => again({ all: true })) : null].filter(Boolean)));
    if (!kept.length) panel.append(make("p", { class: "empty" }, "Rien ne correspond dans votre périmètre. Essayez un nom, un code dossier, un numéro, un ISIN."));
    if (!state.old) panel.append(button("Chercher aussi dans les archives", () => again({ old: true })));
    show(true);
    choose(options().length ? 0 : -1);
  };
  const fail = (status) => {
    const said = status === 401 ? "Votre session est terminée : rechargez la page pour vous reconnecter." : "La recherche ne répond pas. Réessayez dans un instant.";
    panel.replaceChildren(make("p", { class: "empty" }, said));
    show(true);
  };
  async function ask() {
    state.asking?.abort();
    const text = field.value.trim();
    if (text.length < 2) return show(false);
    const asking = (state.asking = new AbortController());
    try {
      const answer = await fetch("/search/quick", { method: "POST", signal: asking.signal, headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text, all: state.all, old: state.old }) });
      if (!answer.ok) return fail(answer.status);
      const groups = await answer.json();
      if (asking === state.asking) draw(groups);
    } catch (problem) {
      if (problem.name !== "AbortError") fail(0);
    } finally {
      if (asking === state.asking) state.asking = null;
    }
  }
  field.addEventListener("input", () => {
    state.all = false;
    clearTimeout(state.waiting);
    state.waiting = setTimeout(() => (state.waiting = 0, ask()), PAUSE);
  });
  field.addEventListener("focus", () => box.classList.add("open"));
  field.addEventListener("keydown", async (event) => {
    event.stopPropagation(); // Streamlit has keys of its own
    if (event.key === "Escape") return leave();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      return choose(state.chosen + (event.key === "ArrowDown" ? 1 : -1));
    }
    if (event.key !== "Enter") return;
    // Enter may come before the answer: what is opened is what was typed to the end.
    if (state.waiting || state.asking || panel.hidden) {
      clearTimeout(state.waiting);
      state.waiting = 0;
      await ask();
    }
    const option = options()[Math.max(state.chosen, 0)];
    if (option) go(option.getAttribute("href"));
  });
  box.querySelector(".icon").addEventListener("click", () => field.focus());
  box.open = (scope) => {
    [state.only, field.placeholder] = SCOPES[scope] || ["", HINT];
    box.classList.add("open");
    field.focus();
    field.select();
  };
  box.leave = leave;
  return box;
}

const isTyping = (event) => event.composedPath().some((n) => n.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(n.tagName));
// `/` or Ctrl-K from anywhere but a field; Ctrl-K from a field too.
function wantsSearch(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return true;
  return event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping(event);
}
