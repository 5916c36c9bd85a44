// What is looked at: the filters, kept in the address so that a link shares them. Knows no element.

const CHOICES = ["board", "scene", "variant", "tag"];
const view = { states: new Set(), board: "", scene: "", variant: "", tag: "", text: "" };

/** What a clip answers to each choice. */
const answers = {
  board: (clip) => [clip.board.id],
  scene: (clip) => [clip.scene],
  variant: (clip) => (clip.filmOf.label ? [clip.filmOf.label] : []),
  tag: (clip) => clip.tags,
};

/** Does a clip pass? `but` names one filter that is not asked. */
function passes(clip, but = "") {
  const state = but === "states" || view.states.size === 0 || view.states.has(clip.state);
  const chosen = (choice) => but === choice || !view[choice] || answers[choice](clip).includes(view[choice]);
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  return state && CHOICES.every(chosen) && words.every((word) => haystack(clip).includes(word));
}

const isFiltered = () => view.states.size > 0 || view.text.trim() !== "" || CHOICES.some((choice) => view[choice]);

function clearView() {
  view.states.clear();
  [...CHOICES, "text"].forEach((choice) => { view[choice] = ""; });
}

/** The address's last part: `#state=failed,lost&scene=rooftop&q=rain&clip=…`. */
function writeHash(open) {
  const said = new URLSearchParams();
  if (view.states.size > 0) said.set("state", [...view.states].join(","));
  CHOICES.filter((choice) => view[choice]).forEach((choice) => said.set(choice, view[choice]));
  if (view.text.trim()) said.set("q", view.text.trim());
  if (open) said.set("clip", open);
  const hash = said.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
}

/** Takes over what an address says, and returns the clip that it opens. */
function readHash() {
  const said = new URLSearchParams(location.hash.slice(1));
  clearView();
  (said.get("state") ?? "").split(",").filter((state) => state in wordOf).forEach((state) => view.states.add(state));
  CHOICES.forEach((choice) => { view[choice] = said.get(choice) ?? ""; });
  view.text = said.get("q") ?? "";
  return said.get("clip");
}
