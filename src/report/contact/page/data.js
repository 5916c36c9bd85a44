// What the program put into the page, with the few links between its lists that are worth having.

const data = JSON.parse(byId("data").textContent);
const clips = data.clips;
const films = data.boards.flatMap((board) => board.films);
const wordOf = Object.fromEntries(data.states.map(({ id, word }) => [id, word]));

data.boards.forEach((board) => board.films.forEach((film) => { film.board = board; }));
clips.forEach((clip, index) => {
  clip.index = index;
  clip.filmOf = films[clip.film];
  clip.board = clip.filmOf.board;
});

const boardName = (board) => board.title ?? board.id;
const isVaried = (board) => board.films.length > 1;

/** A clip by its scene and shots: `rooftop: cold-open to tag-line`. */
function nameOf(clip) {
  const [first, last] = [clip.shots[0].name, clip.shots.at(-1).name];
  const shots = first === last ? first : `${first} to ${last}`;
  return shots === clip.scene ? clip.scene : `${clip.scene}: ${shots}`;
}

const chosenTake = (clip) => (clip.chosen === null ? null : clip.takes[clip.chosen]);
const fileOf = (clip) => chosenTake(clip)?.file ?? null;
const span = (clip) => `${clock(clip.start)}\u2013${clock(clip.start + clip.seconds)}`;

/** The middle of a shot, where it most looks like itself. */
const middle = (shot) => shot.start + shot.seconds / 2;

/** The shot that stands for its clip: the longest. */
const telling = (clip) => clip.shots.reduce((best, shot) => (shot.seconds > best.seconds ? shot : best));

/** All that can be searched of a clip, in lower case; made when it is first asked for. */
function haystack(clip) {
  clip.hay ??= [
    clip.address, clip.board.title, clip.note, clip.reason, clip.model, clip.endpoint, ...clip.tags,
    ...clip.shots.flatMap((shot) => [shot.name, shot.prompt, shot.note, shot.at, ...shot.spoken.flat()]),
    ...clip.takes.flatMap((take) => [take.request, take.why, take.label]),
  ].filter(Boolean).join("\n").toLowerCase();
  return clip.hay;
}
