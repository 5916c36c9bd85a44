// The light table: a clip with its sound, its shots on a track, its takes and all that is known of it; or a whole film.

const table = { dialog: null, clip: null, take: null, film: null, list: [], muted: false, timer: 0, parts: {}, back: null };

function buildPlayer() {
  const p = table.parts;
  p.video = el("video", { playsinline: true, preload: "auto", tabindex: "-1", onclick: toggle, ontimeupdate: tick, onplay: tick, onpause: tick, onended: ended, onloadedmetadata: tick, onvolumechange: tick });
  p.leader = el("div.stand", {});
  p.notice = el("p.notice", {});
  p.name = el("h2", { id: "player-name" });
  p.where = el("p.where", {});
  p.place = el("p.place", {});
  p.toggle = el("button.toggle", { type: "button", "aria-label": "Play", onclick: toggle }, icon("play"));
  p.seek = el("input", { type: "range", min: "0", max: "0", step: "0.04", value: "0", "aria-label": "Time", oninput: () => jump(Number(p.seek.value)) });
  p.clock = el("output.clock", { "aria-live": "off" });
  p.sound = el("button", { type: "button", "aria-pressed": "false", "aria-label": "Mute", onclick: mute }, icon("sound"));
  p.track = el("div.track", { role: "group", "aria-label": "Shots" });
  p.details = el("div.details", { tabindex: "0", role: "region", "aria-label": "About this clip" });
  const step = (name, label, by) => el("button", { type: "button", "aria-label": label, onclick: () => stepClip(by) }, icon(name));
  p.previous = step("previous", "Previous clip", -1);
  p.next = step("next", "Next clip", 1);
  const close = el("button", { type: "button", "aria-label": "Close", onclick: () => table.dialog.close() }, icon("close"));
  table.dialog = el("dialog.player", { "aria-labelledby": "player-name", onclose: closed },
    el("header", {}, el("div", {}, p.name, p.where), p.place, p.previous, p.next, close),
    el("div.stage", {}, el("div.screen", {}, p.video, p.leader, p.notice), el("div.controls", {}, p.toggle, p.clock, p.seek, p.sound), p.track),
    p.details);
  document.body.append(table.dialog);
}

/** Opens a clip among those that the filters show, and plays it. */
function openClip(clip, at = 0) {
  const list = showing.includes(clip) ? showing : clips;
  begin(list, null, clip, at);
}

/** Plays an edition from its first clip to its last. */
function playFilm(film) {
  begin(clips.slice(film.first, film.first + film.count), film, clips[film.first], 0);
}

function begin(list, film, clip, at) {
  if (!clip) return;
  Object.assign(table, { list, film, back: document.activeElement });
  if (!table.dialog.open) table.dialog.showModal();
  show(clip, at);
  table.parts.toggle.focus();
}

function show(clip, at = 0) {
  table.clip = clip;
  writeHash(clip.address);
  const p = table.parts;
  p.name.textContent = nameOf(clip);
  p.where.replaceChildren(el("span", {}, boardName(clip.board)), el("code", {}, clip.address));
  const place = table.list.indexOf(clip);
  p.place.textContent = `${table.film ? "Playing all, " : ""}${(place + 1).toLocaleString("en")} of ${table.list.length.toLocaleString("en")}`;
  p.previous.disabled = place <= 0;
  p.next.disabled = place + 1 >= table.list.length;
  const fill = clip.shots.map((shot, index) => el("button", {
    type: "button", css: { "flex-grow": shot.seconds }, title: shot.name, onclick: () => jump(shot.start), "data-shot": index,
  }, el("span.name", {}, shot.name), " ", el("span.time", {}, clock(shot.start))));
  p.track.replaceChildren(...fill);
  putOn(table.film ? chosenTake(clip) : shownTake(clip), at);
}

/** The one in the film; where there is none, the newest that can be seen. */
const shownTake = (clip) => chosenTake(clip) ?? clip.takes.findLast((take) => take.file) ?? clip.takes.at(-1) ?? null;

/** Another take by its radio button, which keeps the focus. */
function choose(index) {
  putOn(table.clip.takes[index], 0);
  byId(`take-${index}`).focus();
}

/** Puts a take on the screen; where it has no file, what it waits for, as long as it would be. */
function putOn(take, at) {
  const { clip, parts: p } = table;
  clearTimeout(table.timer);
  table.take = take;
  const file = take?.file ?? null;
  p.video.hidden = !file;
  p.leader.replaceChildren(...(file ? [] : [leader(clip, true)]));
  p.details.replaceChildren(...details(clip, take, choose, jump).filter(Boolean));
  p.details.scrollTop = 0;
  p.notice.textContent = file && take !== chosenTake(clip) ? `${take.label}, not in the film` : "";
  p.toggle.disabled = !file;
  p.seek.disabled = !file;
  p.seek.max = String(clip.seconds);
  if (file) roll(file, at);
  else stand(clip);
  tick();
}

function roll(file, at) {
  const { video } = table.parts;
  video.src = at > 0 ? `${file}#t=${at}` : file;
  video.muted = table.muted;
  // Without a click or a key before it a browser may refuse to play with sound; the clip then waits for one.
  video.play().catch(() => tick());
}

function stand(clip) {
  const { video } = table.parts;
  video.removeAttribute("src");
  video.load();
  if (table.film) table.timer = setTimeout(ended, clip.seconds * 1000);
}

function toggle() {
  const { video } = table.parts;
  if (!table.take?.file) return;
  if (video.paused) video.play().catch(() => tick());
  else video.pause();
}

function mute() {
  table.muted = !table.muted;
  table.parts.video.muted = table.muted;
  tick();
}

function jump(seconds) {
  const { video } = table.parts;
  if (!table.take?.file) return;
  video.currentTime = seconds;
  tick();
}

/** Shows where it stands. */
function tick() {
  const { clip, parts: p } = table;
  if (!clip) return;
  const [now, whole] = [p.video.currentTime || 0, Number.isFinite(p.video.duration) ? p.video.duration : clip.seconds];
  const playing = Boolean(table.take?.file) && !p.video.paused;
  if (p.toggle.dataset.playing !== String(playing)) {
    p.toggle.dataset.playing = String(playing);
    p.toggle.replaceChildren(icon(playing ? "pause" : "play"));
    p.toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
  }
  p.seek.max = String(whole);
  p.seek.value = String(now);
  p.seek.setAttribute("aria-valuetext", `${clock(now)} of ${clock(whole)}`);
  p.clock.textContent = `${clock(now)} / ${clock(whole)}`;
  p.sound.setAttribute("aria-pressed", String(table.muted));
  p.sound.replaceChildren(icon(table.muted ? "silent" : "sound"));
  markShot(now);
}

/** The shot that runs now, on the track and in the script. */
function markShot(now) {
  const { clip, parts: p } = table;
  const at = Math.max(0, clip.shots.findLastIndex((shot) => shot.start <= now + 0.02));
  const lists = [p.track.children, p.details.querySelectorAll(".script > li")];
  lists.forEach((list) => [...list].forEach((node, index) => {
    if (index === at) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  }));
}

function ended() {
  if (table.film && stepClip(1)) return;
  tick();
}

function stepClip(by) {
  const clip = table.list[table.list.indexOf(table.clip) + by];
  if (!clip || !table.dialog.open) return false;
  show(clip);
  return true;
}

/** The next take of the clip, round and round. */
function nextTake() {
  const { takes } = table.clip;
  if (takes.length < 2) return;
  putOn(takes[(takes.indexOf(table.take) + 1) % takes.length], 0);
  tell(table.take.label);
}

function closed() {
  const { clip, back, parts: p } = table;
  clearTimeout(table.timer);
  p.video.pause();
  p.video.removeAttribute("src");
  p.video.load();
  Object.assign(table, { clip: null, film: null, take: null });
  writeHash(null);
  focusAfter(clip, back);
}
