// The filters: states as switches, the rest as lists, each with the number of clips that it would show.

const LABELS = { board: "Storyboard", scene: "Scene", variant: "Variant", tag: "Tag" };
const filters = { chips: new Map(), lists: new Map(), search: null, count: null, clear: null };

function buildFilters(changed) {
  const tools = byId("tools");
  filters.search = el("input", {
    id: "search", type: "search", placeholder: "Search", "aria-label": "Search prompts, lines, addresses, request ids",
    "aria-keyshortcuts": "/", autocomplete: "off", spellcheck: "false",
    oninput: (event) => { view.text = event.target.value; changed(); },
  });
  filters.count = el("p.count", {});
  filters.clear = el("button.quiet", { type: "button", onclick: () => { clearView(); changed(); filters.search.focus(); } }, "Show all");
  const lists = CHOICES.map((choice) => list(choice, changed)).filter(Boolean);
  tools.append(
    el("div.find", {}, filters.search, ...lists, filters.count, filters.clear),
    el("div.states", { role: "group", "aria-label": "State" }, ...data.states.map(({ id }) => chip(id, changed)).filter(Boolean)),
  );
}

/** States that no clip has need no switch. */
function chip(state, changed) {
  if (!clips.some((clip) => clip.state === state)) return null;
  const number = el("span.number", {});
  const toggle = () => { view.states.delete(state) || view.states.add(state); changed(); };
  const button = el("button.chip", { type: "button", "data-state": state, "aria-pressed": "false", onclick: toggle },
    icon(state), wordOf[state], " ", number);
  filters.chips.set(state, { button, number });
  return button;
}

/** More than these nobody chooses from a list; they are searched for. */
const LISTED = 200;

/** Nothing to choose where there is but one. */
function list(choice, changed) {
  const values = [...new Set(clips.flatMap(answers[choice]))];
  if (values.length < (choice === "tag" ? 1 : 2) || values.length > LISTED) return null;
  const select = el("select", { "aria-label": LABELS[choice], onchange: () => { view[choice] = select.value; changed(); } });
  const option = (value) => el("option", { value });
  select.append(el("option", { value: "" }, `${LABELS[choice]}: all`), ...values.map(option));
  filters.lists.set(choice, select);
  return select;
}

/** Numbers beside every choice: what it would show with the other filters as they are. */
function showFilters(shown) {
  const tally = new Map();
  clips.filter((clip) => passes(clip, "states")).forEach((clip) => tally.set(clip.state, (tally.get(clip.state) ?? 0) + 1));
  filters.chips.forEach(({ button, number }, state) => {
    number.textContent = (tally.get(state) ?? 0).toLocaleString("en");
    button.setAttribute("aria-pressed", String(view.states.has(state)));
  });
  filters.lists.forEach(showList);
  if (filters.search.value.trim() !== view.text.trim()) filters.search.value = view.text;
  const words = isFiltered() ? `${shown.length.toLocaleString("en")} of ${count(clips.length, "clip")}` : count(clips.length, "clip");
  filters.count.textContent = words;
  filters.clear.hidden = !isFiltered();
  tell(isFiltered() && shown.length === 0 ? "Nothing matches" : words);
}

function showList(select, choice) {
  const tally = new Map();
  clips.filter((clip) => passes(clip, choice)).flatMap(answers[choice]).forEach((value) => tally.set(value, (tally.get(value) ?? 0) + 1));
  [...select.options].slice(1).forEach((option) => {
    const number = tally.get(option.value) ?? 0;
    option.textContent = `${option.value} (${number.toLocaleString("en")})`;
    option.hidden = number === 0 && option.value !== view[choice];
  });
  select.value = view[choice];
  select.classList.toggle("set", view[choice] !== "");
}
