// The keyboard: on the sheet, in the player, and the page that tells of it.

const KEYS = [
  ["/", "search"], ["j  k, arrows", "next and previous clip"], ["Enter, Space", "open the clip and play it"],
  ["+  -", "zoom the strips"], ["?", "these keys"],
  ["Space", "in the player: play and pause"], ["Left  Right", "in the player: previous and next clip"],
  ["1 - 9", "in the player: go to a shot"], ["t", "in the player: the next take"], ["m", "in the player: sound"], ["Escape", "close"],
];
let help = null;

function buildHelp() {
  const row = ([keys, does]) => el("div", {}, el("dt", {}, el("kbd", {}, keys)), el("dd", {}, does));
  help = el("dialog.help", { "aria-labelledby": "help-name" }, el("h2", { id: "help-name" }, "Keys"), el("dl.pairs", {}, ...KEYS.map(row)),
    el("form", { method: "dialog" }, el("button", {}, "Close")));
  document.body.append(help);
  document.addEventListener("keydown", sheetKey);
}

const isTyping = (target) => target.closest?.("input:not([type=range]):not([type=radio]), textarea, select") !== null;
const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

function sheetKey(event) {
  if (table.dialog.open) return playerKey(event);
  if (document.querySelector("dialog[open]") || !isPlain(event)) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const does = {
    "/": () => filters.search.focus(), "?": () => help.showModal(), j: () => moveFocus(1), k: () => moveFocus(-1),
    ArrowRight: () => moveFocus(1), ArrowLeft: () => moveFocus(-1), ArrowDown: () => moveRow(1), ArrowUp: () => moveRow(-1),
    "+": () => zoomBy(1), "-": () => zoomBy(-1),
  }[event.key];
  if (!does || (event.key.startsWith("Arrow") && focused() === null)) return;
  event.preventDefault();
  does();
}

function playerKey(event) {
  if (!isPlain(event) || event.defaultPrevented) return;
  const { target, key } = event;
  const own = target.closest("input, summary, a");
  const does = {
    ArrowLeft: own ? null : () => stepClip(-1), ArrowRight: own ? null : () => stepClip(1),
    " ": target.closest("button, input, summary, a") ? null : toggle, k: toggle, t: nextTake, m: mute,
  }[key] ?? shotKey(key);
  if (!does) return;
  event.preventDefault();
  does();
}

function shotKey(key) {
  const shot = /^[1-9]$/.test(key) ? table.clip?.shots[Number(key) - 1] : null;
  return shot ? () => jump(shot.start) : null;
}

/** The clip that has the focus. */
function focused() {
  const node = document.activeElement?.closest?.("[data-clip]");
  return node ? Number(node.dataset.clip) : null;
}

function moveFocus(by) {
  const order = cardOrder();
  const at = focused() === null ? (by > 0 ? -1 : order.length) : order.indexOf(focused());
  const to = order[Math.min(order.length - 1, Math.max(0, at + by))];
  if (to !== undefined) focusClip(to);
}

/** A row of cards up or down. */
function moveRow(by) {
  const node = chunks.of.get(focused());
  const columns = node ? getComputedStyle(node).gridTemplateColumns.split(" ").length : 1;
  moveFocus(by * columns);
}

/** The clips as their cards stand on the page. */
const cardOrder = () => [...chunks.of.keys()];

function focusClip(index) {
  const node = chunks.of.get(index);
  node?.scrollIntoView({ block: "nearest" });
  const button = cardButton(index);
  button?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  button?.focus({ preventScroll: true });
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Back to where the player was opened, or to the clip that it came to. */
function focusAfter(clip, back) {
  const from = back?.isConnected && back.closest?.("[data-clip]");
  if (back?.isConnected && (!from || Number(from.dataset.clip) === clip?.index)) back.focus({ preventScroll: true });
  else if (clip) focusClip(clip.index);
}
