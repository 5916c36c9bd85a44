// What is known of a clip, beside its picture: state, money, takes, shots, settings, commands.

function details(clip, take, chooseTake, jump) {
  return [
    el("section.state", { "aria-label": "State" }, badge(clip.state), el("p", {}, sentence(clip)),
      clip.note ? el("p.note", {}, clip.note) : null),
    takesOf(clip, take, chooseTake),
    shotsOf(clip, jump),
    el("section", {}, el("h3", {}, "Request"), facts(clip, take)),
    el("section", {}, el("h3", {}, "Next"), ...clip.commands.map(commandLine)),
  ];
}

function sentence(clip) {
  const failed = clip.takes.findLast((take) => take.why && clip.state !== "current");
  const words = [clip.reason !== "current" ? clip.reason : "", clip.money].filter(Boolean).join(" \u00b7 ");
  return failed ? [el("span", {}, words), el("q.why", {}, failed.why)] : words;
}

function takesOf(clip, take, chooseTake) {
  if (clip.takes.length === 0) return null;
  const option = (one, index) => {
    const id = `take-${index}`;
    const input = el("input", { type: "radio", name: "take", id, checked: one === take, onchange: () => chooseTake(index) });
    const note = index === clip.chosen ? el("span.chosen", {}, "in the film") : null;
    return el("div.take", {}, input, el("label", { for: id },
      el("b", {}, one.label), " ", note, el("span.facts", {}, [one.word, one.seconds, one.cost, one.at].join(" \u00b7 ")),
      one.request ? el("code.request", {}, one.request) : null, one.bill ? el("span.bill", {}, one.bill) : null, one.why ? el("q.why", {}, one.why) : null));
  };
  return el("section", {}, el("fieldset.takes", {}, el("legend", {}, el("h3", {}, count(clip.takes.length, "take"))), ...clip.takes.map(option)));
}

function shotsOf(clip, jump) {
  return el("section", {}, el("h3", {}, count(clip.shots.length, "shot")), el("ol.script", {}, ...clip.shots.map((shot) => scriptShot(clip, shot, jump))));
}

function scriptShot(clip, shot, jump) {
  const spoken = shot.spoken.map(([who, say]) => el("p.line", {}, who ? el("b", {}, `${who}: `) : null, el("q", {}, say)));
  return el("li", { "data-shot": shot.name },
    inOut(shot, () => jump(shot.start)),
    el("h4", {}, shot.name, el("span.facts", {}, `${shot.seconds} s`)),
    shot.note ? el("p.note", {}, shot.note) : null,
    ...spoken, shot.changed.length > 0 ? el("p.since", {}, "changed since its last take") : null,
    el("p.full", {}, promptText(shot)), partsOf(shot), el("p.at", {}, el("code", {}, shot.at)));
}

function partsOf(shot) {
  if (shot.parts.length === 0) return null;
  const part = ([name, text]) => el("div", {}, el("dt", {}, name.replace("_", " ")), el("dd", {}, text));
  return el("details", {}, el("summary", {}, "Written in parts"), el("dl.pairs", {}, ...shot.parts.map(part)));
}

function facts(clip, take) {
  const request = take?.request ? [el("code", {}, take.request), copyButton(take.request, "request id")] : "none yet";
  const pairs = [
    ["address", [el("code", {}, clip.address), copyButton(clip.address, "address")]],
    ["request id", request],
    ["model", clip.model],
    ["endpoint", el("code", {}, take?.endpoint ?? clip.endpoint)],
    ["planned", `${clip.seconds} s, ${span(clip)} of the film`],
    ...clip.settings,
    ...(clip.tags.length > 0 ? [["tags", clip.tags.join(", ")]] : []),
    ...(take?.file ? [["file", el("a", { href: take.file, target: "_blank", rel: "noreferrer" }, take.file)]] : []),
  ];
  return el("dl.pairs", {}, ...pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

const commandLine = ({ does, command }) => el("div.command", {},
  el("p", {}, does), el("code", { tabindex: "0" }, command), copyButton(command, "command"));
