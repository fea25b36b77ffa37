// What Streamlit's own widgets say in English, said in French; and the theme, for what lies outside it.
const FRENCH = new Map(Object.entries({
  "No results": "Aucun résultat", "Choose an option": "Choisir…", "Choose options": "Choisir…", "Clear all": "Tout effacer",
  "Select all": "Tout sélectionner", "Skip to main content": "Aller au contenu", "Upload": "Choisir un fichier", "Browse files": "Choisir un fichier",
  "Drag and drop a file here": "Déposez un fichier ici", "Drag and drop files here": "Déposez des fichiers ici", "Upload or drag and drop a file": "Choisissez ou déposez un fichier",
  "Upload or drag and drop files": "Choisissez ou déposez des fichiers", "Page not found": "Page introuvable", "Connecting": "Connexion…", "Open": "Ouvrir", "Close": "Fermer",
  "Clear": "Effacer", "Clear value": "Effacer", "Previous": "Précédent", "Next": "Suivant", "Empty": "Vide", "Loading...": "Chargement…", "This field is required.": "Ce champ est obligatoire.", "Choose date": "Choisir une date",
}));
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const MOIS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const RULES = [
  [/^(\d+)(?:\.0)?B$/, "$1 o"], [/^(\d+)\.(\d+)([KMG])B$/, "$1,$2 $3o"],
  ...MONTHS.map((month, n) => [new RegExp(`^(\\d+) – ${month}$`), `$1 – ${MOIS[n]}`]),
  [/^(\S+) per file(.*)$/, "$1 par fichier$2"], [/^Limit (\S+) per file(.*)$/, "$1 par fichier au plus$2"], [/^day, (.*)$/, "jour, $1"], [/^month, (.*)$/, "mois, $1"], [/^year, (.*)$/, "année, $1"],
  [/^Remove (.+)$/, "Retirer $1"], [/^Press Enter to apply$/, "Entrée pour valider"], [/^Press Enter to submit form$/, "Entrée pour enregistrer"], [/^Press ⌘\+Enter to (apply|submit form)$/, "⌘ + Entrée pour valider"], [/^Press Ctrl\+Enter to (apply|submit form)$/, "Ctrl + Entrée pour valider"],
];
function inFrench(text) {
  const exact = FRENCH.get(text.trim());
  if (exact) return exact;
  for (const [pattern, french] of RULES) if (pattern.test(text.trim())) return text.trim().replace(pattern, french);
  return null;
}
// Only the furniture of Streamlit: what a person or a partner wrote is never touched.
const FURNITURE = "[data-testid=stFileUploader], [data-testid=InputInstructions], [data-testid=stSkipToContent], [data-testid=stStatusWidget], [data-testid=stSelectbox] [role=listbox] [role=presentation]";
const LABELLED = "[data-testid=stDateInput] [role=spinbutton], [data-testid=stDateInput] button, [data-testid=stSelectbox] button, [data-testid=stMultiSelect] button, [data-testid=stDialog] button, [role=dialog] > button, [data-testid=stFileUploader] button";
function translate(root) {
  const within = (selector) => [...(root.matches?.(selector) ? [root] : []), ...(root.querySelectorAll?.(selector) || [])];
  for (const place of within(FURNITURE)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const french = inFrench(walker.currentNode.nodeValue);
      if (french && french !== walker.currentNode.nodeValue) walker.currentNode.nodeValue = french;
    }
  }
  for (const place of within(LABELLED)) {
    for (const name of ["aria-label", "title", "aria-valuetext"]) {
      const french = inFrench(place.getAttribute(name) || "");
      if (french && french !== place.getAttribute(name)) place.setAttribute(name, french);
    }
  }
}
function speakFrench() {
  document.documentElement.lang = "fr";
  document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme;
  if (window.o2sFrench) return;
  window.o2sFrench = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach((n) => n.nodeType === 1 && translate(n));
      const at = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      if (at) {
        const place = at.closest(FURNITURE + ", " + LABELLED);
        if (place) translate(place);
      }
    }
  });
  window.o2sFrench.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "aria-valuetext"] });
  translate(document.body);
}
