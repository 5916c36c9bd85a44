// A storyboard: its heading, its money, its strips, and its clips - side by side where there are several variants.

const boards = [];

function buildBoards(open, playAll) {
  const near = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => liven(target.strip, isIntersecting)),
    { rootMargin: "600px 0px" });
  data.boards.forEach((board, index) => {
    const strip = buildStrips(board, open, playAll);
    strip.node.strip = strip;
    near.observe(strip.node);
    const body = el("div.clips", {});
    const title = el("h2", { id: `board-${index}` }, boardName(board));
    const node = el("section.board", { "aria-labelledby": `board-${index}` },
      el("header", {}, title, el("p.facts", {}, ...boardFacts(board)), board.note ? el("p.note", {}, board.note) : null),
      moneyBar(board.money, boardName(board)), el("h3.unseen", {}, "Timeline"), strip.node, body);
    boards.push({ board, node, body });
  });
  byId("sheet").append(...boards.map(({ node }) => node), el("div.nothing", { id: "nothing", hidden: true },
    el("h2", {}, "Nothing matches"), el("p", {}, "No clip has all of what the filters ask for."),
    el("button", { type: "button", onclick: () => filters.clear.click() }, "Show all clips")));
}

function boardFacts(board) {
  const own = board.films.reduce((sum, film) => sum + film.count, 0);
  const longest = Math.max(...board.films.map((film) => film.seconds));
  const models = [...new Set(board.films.flatMap((film) => film.models))];
  const editions = isVaried(board) ? [count(board.films.length, "variant"), `up to ${clock(longest)}`] : [clock(longest)];
  const facts = [...editions, count(own, "clip"), models.join(", ")].filter(Boolean);
  return [el("code", {}, board.films[0].label && !isVaried(board) ? board.films[0].name : board.id), el("code", {}, board.file), ...facts.map((fact) => el("span", {}, fact))];
}

/** To scale, and the same in words. */
function moneyBar(money, of) {
  if (!money) return null;
  const part = ({ kind, share }) => el("span", { "data-kind": kind, css: { "flex-grow": Math.max(share, 1) } });
  const word = ({ kind, word: said, usd }) => el("div", { "data-kind": kind }, el("dt", {}, said), el("dd", {}, usd));
  const parts = money.parts.filter(({ share }) => share > 0);
  return el("div.money-bar", { role: "group", "aria-label": `Money of ${of}` },
    el("div.bar", { "aria-hidden": "true" }, ...parts.map(part)),
    el("dl", {}, ...money.parts.map(word)),
    ...money.notes.map((note) => el("p.note", {}, note)), data.simulated ? el("p.note", {}, "simulated: nobody pays it") : null);
}

/** The clips that pass, under their storyboards. */
function showBoards(open) {
  forgetCards();
  const shown = clips.filter((clip) => passes(clip));
  const by = Map.groupBy ? Map.groupBy(shown, (clip) => clip.board) : grouped(shown, (clip) => clip.board);
  boards.forEach(({ board, node, body }) => {
    const own = by.get(board) ?? [];
    node.hidden = own.length === 0;
    hideFrames(body);
    body.replaceChildren(...(own.length > 0 ? groups(board, own, open) : []));
  });
  byId("nothing").hidden = shown.length > 0;
  dimStrips();
  return shown;
}

function grouped(list, key) {
  const by = new Map();
  list.forEach((one) => by.set(key(one), [...(by.get(key(one)) ?? []), one]));
  return by;
}

/** One list in story order; of several variants one list a scene, in which each clip stands beside its like. */
function groups(board, own, open) {
  if (!isVaried(board)) return [el("h3.unseen", {}, "Clips"), buildCards(own, open)];
  const scenes = grouped(own, (clip) => clip.scene);
  return [...scenes].flatMap(([scene, list]) => [el("h3.scene", {}, scene), buildCards(besides(list), open)]);
}

/** The first clip of the scene in every variant, then the second: those that begin with the same shot together. */
function besides(list) {
  const alike = grouped(list, (clip) => clip.shots[0].name);
  return [...alike.values()].flat();
}
