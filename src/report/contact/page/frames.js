// Pictures out of clips: a few players step from frame to frame and paint them where they are in view. So a sheet of
// thousands never holds more than these players and the pictures that were seen last.

/** Pixels of width: on cards and paper, and on strips. */
const LARGE = 416;
const SMALL = 144;
/** Pixels that are kept in all, four bytes each. */
const KEPT = 24_000_000;
const PLAYERS = 3;
const PATIENCE = 10_000;

const kept = new Map();
const wanted = new Map();
const players = [];
const keyOf = (file, time, width) => `${file}#${time}@${width}`;
const area = (picture) => picture.width * picture.height;
let held = 0;

/** Paints the frame into the canvas as soon as there is time for it. */
function wantFrame(canvas, file, time, width) {
  const key = keyOf(file, time, width);
  canvas.dataset.frame = key;
  if (kept.has(key)) return paint(canvas, keep(key, kept.get(key)));
  const job = wanted.get(key) ?? { key, file, time, width, canvases: new Set() };
  wanted.delete(key);
  wanted.set(key, job);
  job.canvases.add(canvas);
  staff();
}

/** It is out of view: no picture is made for it any more. */
function dropFrame(canvas) {
  const job = wanted.get(canvas.dataset.frame);
  job?.canvases.delete(canvas);
  if (job?.canvases.size === 0) wanted.delete(job.key);
}

/** Becomes true when nothing is left to paint. */
async function framesDone() {
  while (wanted.size > 0 || players.some((player) => player.busy)) await new Promise((done) => setTimeout(done, 50));
}

/** The pictures seen last, the newest at the end. */
function keep(key, picture) {
  if (!kept.delete(key)) held += area(picture);
  kept.set(key, picture);
  for (const [old, other] of kept) {
    if (held <= KEPT) break;
    kept.delete(old);
    held -= area(other);
  }
  return picture;
}

function paint(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  canvas.dataset.painted = "yes";
}

function staff() {
  while (players.length < PLAYERS) players.push({ busy: false, video: null, file: "" });
  players.filter((player) => !player.busy).forEach(work);
}

/** Goes on until nothing is wanted: pictures of clips before those of strips, those of the file at hand before others. */
async function work(player) {
  player.busy = true;
  for (let job = next(player); job; job = next(player)) {
    wanted.delete(job.key);
    const picture = await shoot(player, job);
    job.canvases.forEach((canvas) => hand(canvas, job.key, picture));
  }
  player.busy = false;
  dismiss(player);
}

function next(player) {
  const all = [...wanted.values()];
  const large = all.filter(({ width }) => width === LARGE);
  const jobs = large.length > 0 ? large : all;
  const elsewhere = new Set(players.filter((other) => other !== player && other.busy).map((other) => other.file));
  return jobs.find((job) => job.file === player.file) ?? jobs.findLast((job) => !elsewhere.has(job.file)) ?? jobs.at(-1);
}

function hand(canvas, key, picture) {
  if (canvas.dataset.frame !== key) return;
  if (picture) paint(canvas, picture);
  else canvas.dataset.painted = "no";
}

async function shoot(player, { key, file, time, width }) {
  try {
    if (player.file !== file) await load(player, file);
    await seek(player.video, time);
    return keep(key, still(player.video, width));
  } catch {
    dismiss(player);
    return null;
  }
}

async function load(player, file) {
  dismiss(player);
  player.file = file;
  player.video = el("video", { muted: true, playsinline: true, preload: "auto" });
  player.video.muted = true;
  const loaded = heard(player.video, "loadeddata");
  player.video.src = file;
  await loaded;
}

async function seek(video, time) {
  const end = Number.isFinite(video.duration) ? Math.max(0, video.duration - 0.05) : time;
  const sought = heard(video, "seeked");
  video.currentTime = Math.min(time, end);
  await sought;
}

function heard(video, event) {
  return new Promise((done, fail) => {
    const timer = setTimeout(fail, PATIENCE);
    const settle = (with_) => () => { clearTimeout(timer); with_(); };
    video.addEventListener(event, settle(done), { once: true });
    video.addEventListener("error", settle(fail), { once: true });
  });
}

function still(video, width) {
  const picture = document.createElement("canvas");
  picture.width = Math.min(width, video.videoWidth);
  picture.height = Math.round((picture.width * video.videoHeight) / video.videoWidth);
  picture.getContext("2d").drawImage(video, 0, 0, picture.width, picture.height);
  return picture;
}

/** A player at rest holds no file. */
function dismiss(player) {
  player.video?.removeAttribute("src");
  player.video?.load();
  player.video = null;
  player.file = "";
}

/** A frame of a clip at a time, or what stands where there is none; a large one says what it waits for. */
function frameOf(clip, time, width) {
  const file = fileOf(clip);
  if (!file) return leader(clip, width === LARGE);
  const canvas = el("canvas.frame", { "aria-hidden": "true", width: "16", height: "9" });
  canvas.wish = () => wantFrame(canvas, file, time, width);
  return canvas;
}

/** A film leader: the state's shape, what it waits for, and how long it will be. */
function leader(clip, wide) {
  const words = wide ? [el("span.waits", {}, clip.waits), el("span.length", {}, `${clip.seconds} s planned`)] : [];
  return el("span.leader", { "data-state": clip.state, "aria-hidden": wide ? null : "true" }, icon(clip.state), ...words);
}

const showFrames = (within) => within.querySelectorAll("canvas.frame").forEach((canvas) => canvas.wish());
const hideFrames = (within) => within.querySelectorAll("canvas.frame").forEach(dropFrame);
