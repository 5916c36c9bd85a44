// The page as a whole: its head, its parts in order, and what happens when the filters change.

let showing = clips;

function masthead() {
  const seconds = films.reduce((sum, film) => sum + film.seconds, 0);
  const facts = [count(data.boards.length, "storyboard"), films.length > data.boards.length ? count(films.length, "edition") : null,
    count(clips.length, "clip"), `${clock(seconds)} in all`].filter(Boolean);
  const money = moneyBar(data.money, "all storyboards");
  byId("masthead").append(
    el("div.title", {}, el("p.kind", {}, "Contact sheet"), el("h1", {}, document.title.replace(/ - contact sheet$/, ""))),
    el("p.facts", {}, ...facts.map((fact) => el("span", {}, fact)), el("span", {}, el("code", {}, data.folder)), el("span", {}, data.made)),
    el("div.controls", {}, ...headControls()), ...(money ? [money] : []));
}

function headControls() {
  const button = (label, does, said = label) => el("button.quiet", { type: "button", onclick: does, "aria-label": said }, label);
  return [
    el("span.zoom", { role: "group", "aria-label": "Zoom of the strips" }, button("\u2212", () => zoomBy(-1), "Zoom out"), button("+", () => zoomBy(1), "Zoom in")),
    themeChoice(), button("Print", printSheet, "Print as a storyboard"), button("Keys", () => help.showModal(), "Keys"),
  ];
}

function themeChoice() {
  const select = el("select", { "aria-label": "Light or dark", onchange: () => setTheme(select.value) },
    ...[["", "As the system"], ["light", "Light"], ["dark", "Dark"]].map(([value, word]) => el("option", { value }, word)));
  select.value = remembered("theme") ?? "";
  setTheme(select.value);
  return select;
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  remember("theme", theme);
}

function imprint() {
  const row = ({ address, shots, take }) => el("tr", {}, el("td", {}, el("code", {}, address), el("span.facts", {}, shots)), el("td", {}, take.word),
    el("td", {}, take.cost), el("td", {}, take.request ? el("code", {}, take.request) : ""), el("td", {}, take.file ? el("a", { href: take.file, target: "_blank", rel: "noreferrer" }, "file") : "no file"));
  const head = ["As it was called", "State", "Money", "Request id", "File"].map((name) => el("th", { scope: "col" }, name));
  const lost = data.leftovers.length === 0 ? null : el("section.leftovers", { "aria-labelledby": "leftovers" },
    el("h2", { id: "leftovers" }, "Paid for, and in no clip any more"),
    el("div.scroll", { tabindex: "0", role: "region", "aria-labelledby": "leftovers" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...data.leftovers.map(row)))));
  byId("imprint").append(...[lost, el("p", {}, `Made by shotlist ${data.program} on ${data.made}. It shows what was then in ${data.folder}; make it anew to see what came since.`)].filter(Boolean));
}

let pending = 0;

/** The filters changed: the sheet follows, at most once a frame. */
function changed() {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => { refresh(); writeHash(table.clip?.address ?? null); });
}

function refresh() {
  showing = showBoards(openClip);
  showFilters(showing);
}

function follow() {
  const open = readHash();
  refresh();
  const clip = clips.find(({ address }) => address === open);
  if (clip && table.clip !== clip) openClip(clip);
  else if (!clip && table.dialog.open) table.dialog.close();
}

function countColumns() {
  const wide = byId("sheet").clientWidth;
  chunks.columns = Math.max(1, Math.floor(wide / 340));
  redrawStrips();
}

watchCards();
masthead();
buildFilters(changed);
buildBoards(openClip, playFilm);
buildPlayer();
buildPrint();
buildHelp();
imprint();
countColumns();
follow();
window.addEventListener("hashchange", follow);
window.addEventListener("resize", () => requestAnimationFrame(countColumns));
(window.requestIdleCallback ?? setTimeout)(() => prepareFrames());
