// A shape for every state, so that no state is told by its colour alone, and the signs of the controls.

const SHAPES = {
  "current": ["fill", "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z"],
  "to-buy": ["line", "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5.2v5.6M5.2 8h5.6"],
  "to-fetch": ["line", "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10"],
  "in-flight": ["fill", "M2 8 14 2.5 11 13.5 7.6 10z"],
  "held": ["fill", "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z"],
  "lost": ["line", "M8 1.8 14.2 8 8 14.2 1.8 8zM5.5 8h5"],
  "failed": ["line", "M3 3l10 10M13 3 3 13"],
  "unknown": ["line", "M5 5.6a3 3 0 1 1 4.4 2.7C8.4 8.9 8 9.4 8 10.4M8 13v.6"],
  "play": ["fill", "M4 2.2v11.6L13.5 8z"],
  "pause": ["fill", "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z"],
  "previous": ["line", "M10.5 2.5 5 8l5.5 5.5"],
  "next": ["line", "M5.5 2.5 11 8l-5.5 5.5"],
  "close": ["line", "M3 3l10 10M13 3 3 13"],
  "sound": ["line", "M2.5 6v4H5l3.5 3V3L5 6zM11 5.5c1.4 1.4 1.4 3.6 0 5"],
  "silent": ["line", "M2.5 6v4H5l3.5 3V3L5 6zM11 6l4 4M15 6l-4 4"],
  "wide": ["line", "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"],
};

function icon(name) {
  const [kind, path] = SHAPES[name];
  const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const [svg, shape] = [make("svg"), make("path")];
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${kind}`);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A state's shape and word. */
const badge = (state) => el("span.badge", { "data-state": state }, icon(state), wordOf[state]);
