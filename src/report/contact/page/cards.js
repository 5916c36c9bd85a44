// The clips as cards, in groups of a few rows: those near the view are filled, those far from it are empty boxes of the
// same height. So thousands cost as little as dozens.

const CHUNK = 12;
const GUESS = 430;
const chunks = { watch: null, of: new Map(), columns: 3 };

/** A list of cards in boxes; the boxes fill themselves when they come near. */
function buildCards(list, open) {
  const boxes = [];
  for (let at = 0; at < list.length; at += CHUNK) boxes.push(box(list.slice(at, at + CHUNK), at, list.length, open));
  return el("div.cards", { role: "list" }, ...boxes);
}

function box(own, offset, all, open) {
  const node = el("div.chunk", { role: "presentation" });
  node.chunk = { own, offset, all, open, filled: false };
  reserve(node);
  own.forEach((clip) => chunks.of.set(clip.index, node));
  chunks.watch.observe(node);
  return node;
}

/** The height that it will have, as far as anyone knows. */
function reserve(node) {
  const rows = Math.ceil(node.chunk.own.length / chunks.columns);
  node.style.setProperty("--room", `${rows * GUESS}px`);
}

function watchCards() {
  const seen = (entries) => entries.forEach(({ target, isIntersecting }) => (isIntersecting ? fill(target) : empty(target)));
  chunks.watch = new IntersectionObserver(seen, { rootMargin: "700px 0px" });
}

function forgetCards() {
  chunks.watch.disconnect();
  chunks.of.clear();
}

function fill(node) {
  const { own, offset, all, open, filled } = node.chunk;
  if (filled || !node.isConnected) return;
  node.chunk.filled = true;
  node.append(...own.map((clip, at) => card(clip, offset + at + 1, all, open)));
  showFrames(node);
}

/** Keeps the height that it had, and whatever has the focus. */
function empty(node) {
  if (!node.chunk.filled || node.contains(document.activeElement)) return;
  node.style.setProperty("--room", `${node.offsetHeight}px`);
  hideFrames(node);
  node.replaceChildren();
  node.chunk.filled = false;
}

/** The button of a clip, filled on demand; none where the filters leave it out. */
function cardButton(index) {
  const node = chunks.of.get(index);
  if (!node) return null;
  fill(node);
  return node.querySelector(`[data-clip="${index}"] .poster`);
}

function card(clip, place, all, open) {
  const poster = el("button.poster", { type: "button", onclick: () => open(clip) }, unseen(`Open ${nameOf(clip)} `),
    frameOf(clip, middle(telling(clip)), LARGE), el("span.edge", {}, badge(clip.state), " ", el("span.time", {}, span(clip))));
  return el("div.card", {
    role: "listitem", "aria-setsize": all, "aria-posinset": place, "data-clip": clip.index, "data-state": clip.state,
  }, poster, cardText(clip, open));
}

function cardText(clip, open) {
  const variant = isVaried(clip.board) ? el("span.variant", {}, clip.filmOf.label) : null;
  return el("div.caption", {},
    el("h4", {}, nameOf(clip), variant),
    el("p.address", {}, clip.address),
    el("p.sum", {}, el("span", {}, `${clip.seconds} s`), el("span", {}, clip.model), el("span.money", {}, clip.money)),
    clip.state === "current" ? null : el("p.reason", {}, clip.reason),
    shotBar(clip),
    el("ol.shots", {}, ...clip.shots.map((shot) => shotLine(clip, shot, open))));
}

/** The shots of a clip to scale. */
const shotBar = (clip) => el("div.shotbar", { "aria-hidden": "true" },
  ...clip.shots.map((shot) => el("span", { css: { "flex-grow": shot.seconds } })));

function shotLine(clip, shot, open) {
  return el("li", {}, inOut(shot, () => open(clip, shot.start)), el("p", {}, el("b", {}, shot.name), " ", ...said(shot), gist(shot)));
}

/** A shot's in and out points, which go there. */
const inOut = (shot, go) => el("button.in", { type: "button", onclick: go }, unseen(`${shot.name} `), `${clock(shot.start)}\u2013${clock(shot.start + shot.seconds)}`);

const said = (shot) => shot.spoken.map(([who, say]) => el("q", {}, who ? `${who}: ${say}` : say)).flatMap((line) => [line, " "]);

const LEAD = 40;

/** What tells a shot from its neighbours: what changed in it, or else its subject, or its prompt where it has no parts. */
function gist(shot) {
  if (shot.changed.length > 0) return promptText({ ...shot, changed: fromChange(shot.changed) });
  const part = (wanted) => shot.parts.find(([name]) => name === wanted)?.[1];
  const own = [part("subject"), part("details")].filter(Boolean).join(". ");
  return el("span.prompt", {}, own || shot.prompt);
}

/** The pieces without all but the last words ahead of the first change, and of its own line alone. */
function fromChange([first, ...others]) {
  const [kind, text] = first;
  const word = text.length > LEAD ? text.indexOf(" ", text.length - LEAD) : -1;
  const from = Math.max(word, text.lastIndexOf("\n")) + 1;
  return kind === "kept" && from > 0 ? [[kind, `\u2026 ${text.slice(from)}`], ...others] : [first, ...others];
}

/** The prompt; where it changed since its last take, with the words that went and came. */
function promptText(shot) {
  if (shot.changed.length === 0) return el("span.prompt", {}, shot.prompt);
  const marks = { kept: "span", removed: "del", added: "ins" };
  const piece = ([kind, text]) => el(marks[kind], {}, kind === "kept" ? null : unseen(`${kind}: `), text);
  return el("span.prompt", {}, ...shot.changed.map(piece));
}
