// On paper: every clip that the filters show as a row of its shots, each with its frame, its time and its words.

let printed = null;
/** So many frames are made ready for paper without being asked; more only by the button, which waits for them. */
const READY = 160;

function buildPrint() {
  printed = el("div", { id: "print", "aria-hidden": "true" });
  document.body.append(printed);
  window.addEventListener("beforeprint", () => { if (!printed.hasChildNodes()) layOut(); });
  window.addEventListener("afterprint", () => { hideFrames(printed); printed.replaceChildren(); });
}

/** Lays the paper out, waits for its pictures, and prints. */
async function printSheet() {
  tell("Preparing the pictures");
  layOut();
  await framesDone();
  window.print();
}

/** A browser's own print command waits for nothing: a sheet of usual size has its frames at hand before. */
async function prepareFrames() {
  const wishes = showing.filter(fileOf).flatMap((clip) => clip.shots.map((shot) => [fileOf(clip), middle(shot)]));
  if (wishes.length > READY) return;
  await framesDone();
  const missing = wishes.filter(([file, time]) => !kept.has(keyOf(file, time, LARGE)));
  missing.forEach(([file, time]) => wantFrame(document.createElement("canvas"), file, time, LARGE));
}

function layOut() {
  const by = grouped(showing, (clip) => clip.filmOf);
  printed.replaceChildren(...[...by].map(([film, own]) => paper(film, own)));
  showFrames(printed);
}

function paper(film, own) {
  const { board } = film;
  const facts = [film.name, board.file, clock(film.seconds), count(film.count, "clip"), film.models.join(", ")];
  return el("section.paper", {},
    el("header", {}, el("h2", {}, boardName(board), film.label ? el("span", {}, film.label) : null), el("p", {}, facts.join(" \u00b7 ")), board.note ? el("p.note", {}, board.note) : null),
    ...own.map(paperClip),
    el("footer", {}, `${data.folder} \u00b7 ${data.made} \u00b7 shotlist`));
}

function paperClip(clip) {
  const take = chosenTake(clip);
  const facts = [clip.address, span(clip), wordOf[clip.state], clip.money, take?.request].filter(Boolean);
  const [first, ...more] = clip.shots.map((shot) => paperShot(clip, shot));
  return el("article", {}, el("div.start", {}, el("h3", {}, nameOf(clip)), el("p.facts", {}, facts.join(" \u00b7 ")), first), ...more);
}

function paperShot(clip, shot) {
  const spoken = shot.spoken.map(([who, say]) => el("p.line", {}, who ? `${who}: ` : "", el("q", {}, say)));
  return el("div.shot", {}, el("div.picture", {}, frameOf(clip, middle(shot), LARGE)),
    el("div.words", {}, el("p.head", {}, el("b", {}, shot.name), ` ${clock(shot.start)}\u2013${clock(shot.start + shot.seconds)}`), ...spoken, el("p", {}, shot.prompt)));
}
