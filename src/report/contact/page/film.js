// An edition as a strip of film to scale: every clip as wide as it is long, a ruler above. Only what is in view is there.

const LEAST = 5;
/** Pixels of a frame's height, and how many frames of a shot there are at the most. */
const FRAME = 58;
const MOST = 12;
const ZOOMS = [1, 2, 4, 8, 16];
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const zoom = { at: 0, strips: new Set() };

/** All editions of a storyboard on one axis. */
function buildStrips(board, open, playAll) {
  const longest = Math.max(1, ...board.films.map((film) => film.seconds));
  const ruler = el("div.ruler", { "aria-hidden": "true" });
  const axis = el("div.axis", {}, el("div.reel", {}, ruler));
  const strip = { board, longest, axis, ruler, open, rows: [], live: false, from: -1, to: -1, pps: 0 };
  const rows = board.films.map((film) => row(strip, film, playAll));
  strip.rows = rows;
  axis.firstChild.append(...rows.map((one) => one.node));
  axis.addEventListener("scroll", () => requestAnimationFrame(() => drawStrip(strip)), { passive: true });
  strip.node = el("div.strips", { class: "strips", "data-many": String(board.films.length > 8) }, axis);
  zoom.strips.add(strip);
  return strip;
}

function row(strip, film, playAll) {
  const name = film.label || film.name;
  const play = el("button.playall", {
    type: "button", "aria-label": `Play all of ${film.name}, ${count(film.count, "clip")}`, onclick: () => playAll(film),
  }, icon("play"), el("span", {}, "Play all"));
  const words = [count(film.count, "clip"), clock(film.seconds), film.models.join(", ")].join(" \u00b7 ");
  const track = el("div.track", { role: "group", "aria-label": `${film.name} to scale` });
  const label = el("div.label", {}, el("span.name", {}, name), el("span.facts", {}, words), play);
  return { film, track, drawn: new Map(), node: el("div.filmrow", {}, label, track) };
}

/** In view: it is drawn, and stays so until it is far away again. */
function liven(strip, live) {
  strip.live = live;
  if (live) return drawStrip(strip);
  strip.rows.forEach((one) => { hideFrames(one.track); one.track.replaceChildren(); one.drawn.clear(); });
  strip.from = -1;
}

/** Pixels a second: all of it in the width there is, or so many times as much. */
function scale(strip) {
  const room = Math.max(240, strip.axis.clientWidth - 2);
  return Math.max(LEAST, room / strip.longest) * ZOOMS[zoom.at];
}

function drawStrip(strip) {
  if (!strip.live || !strip.axis.isConnected) return;
  const pps = scale(strip);
  if (pps !== strip.pps) resize(strip, pps);
  const [left, room] = [strip.axis.scrollLeft, strip.axis.clientWidth];
  const [from, to] = [(left - room / 2) / pps, (left + room * 1.5) / pps];
  drawRuler(strip, Math.max(0, from), Math.min(strip.longest, to));
  strip.rows.forEach((one) => drawRow(strip, one, from, to));
}

function resize(strip, pps) {
  strip.pps = pps;
  strip.axis.firstChild.style.setProperty("--reel", `${Math.round(strip.longest * pps)}px`);
  strip.rows.forEach((one) => { hideFrames(one.track); one.track.replaceChildren(); one.drawn.clear(); });
}

function drawRuler(strip, from, to) {
  const step = STEPS.find((seconds) => seconds * strip.pps >= 56) ?? STEPS.at(-1);
  const ticks = [];
  for (let at = Math.floor(from / step) * step; at <= to; at += step) {
    ticks.push(el("span.tick", { css: { left: `${at * strip.pps}px` } }, clock(at)));
  }
  strip.ruler.replaceChildren(...ticks);
}

function drawRow(strip, one, from, to) {
  const { first, count: length } = one.film;
  const start = firstEnding(first, first + length, from);
  const seen = new Set();
  for (let at = start; at < first + length && clips[at].start < to; at += 1) seen.add(at);
  one.drawn.forEach((node, at) => {
    if (!seen.has(at) && node !== document.activeElement) { hideFrames(node); node.remove(); one.drawn.delete(at); }
  });
  seen.forEach((at) => { if (!one.drawn.has(at)) addBlock(strip, one, clips[at]); });
}

/** The first clip that ends after a time. */
function firstEnding(low, high, time) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (clips[middle].start + clips[middle].seconds <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addBlock(strip, one, clip) {
  const node = block(strip, clip);
  const after = [...one.drawn.keys()].filter((at) => at > clip.index).sort((a, b) => a - b)[0];
  one.track.insertBefore(node, one.drawn.get(after) ?? null);
  one.drawn.set(clip.index, node);
  showFrames(node);
}

function block(strip, clip) {
  const wide = clip.seconds * strip.pps;
  const frames = fileOf(clip) ? framesFor(clip, wide) : [leader(clip, false)];
  return el("button.block", {
    type: "button", "data-state": clip.state, "data-clip": clip.index, "data-off": String(!passes(clip)), tabindex: "-1",
    "aria-label": `${nameOf(clip)}, ${wordOf[clip.state]}, ${span(clip)}`, title: `${clip.address}\n${span(clip)}  ${wordOf[clip.state]}`,
    css: { left: `${clip.start * strip.pps}px`, width: `${wide}px` },
    onclick: () => strip.open(clip),
  }, el("span.frames", {}, ...frames), el("span.under", {}, icon(clip.state), el("span.name", {}, clip.shots[0].name)));
}

/** As many frames as fit at their own shape, but one a shot at the least; one for all where shots are too narrow to see. */
function framesFor(clip, wide) {
  if (wide < 14) return [];
  const shots = wide / clip.shots.length < 26 ? [telling(clip)] : clip.shots;
  const [width, height] = chosenTake(clip).shape ?? [16, 9];
  const own = (FRAME * width) / height;
  return shots.flatMap((shot) => {
    const share = (shot.seconds / clip.seconds) * wide;
    const number = shots.length === clip.shots.length ? Math.min(MOST, Math.max(1, Math.round(share / own))) : 1;
    return Array.from({ length: number }, (_, at) => tile(clip, shot, (at + 0.5) / number, shot.seconds / number));
  });
}

/** A frame at a part of a shot, as wide as the time that it stands for. */
function tile(clip, shot, part, seconds) {
  const frame = frameOf(clip, shot.start + shot.seconds * part, SMALL);
  frame.style.setProperty("flex-grow", String(seconds));
  return frame;
}

function zoomBy(step) {
  zoom.at = Math.min(ZOOMS.length - 1, Math.max(0, zoom.at + step));
  redrawStrips();
  tell(`Zoom ${ZOOMS[zoom.at]} times`);
}

function redrawStrips() {
  zoom.strips.forEach((strip) => { strip.pps = 0; drawStrip(strip); });
}

/** What the filters leave out is dimmed on the strip, where it keeps its place in time. */
function dimStrips() {
  zoom.strips.forEach((strip) => strip.rows.forEach((one) => one.drawn.forEach((node, at) => {
    node.dataset.off = String(!passes(clips[at]));
  })));
}
