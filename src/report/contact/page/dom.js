"use strict";
// Elements made of text: nothing here ever parses markup.

const byId = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`), and children; what is empty is left out. */
function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag || "div");
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) put(node, key, value);
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function put(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "css") Object.entries(value).forEach(([name, to]) => node.style.setProperty(name, to));
  else node.setAttribute(key, value === true ? "" : value);
}

const unseen = (text) => el("span.unseen", {}, text);

/** Says it to those who do not see the page. */
function tell(text) {
  const told = byId("told");
  if (told.textContent !== text) told.textContent = text;
}

/** Copies a text, where the browser lets a local page do so, and says so in the button. */
function copyButton(text, what) {
  const label = el("span", {}, "Copy");
  const copy = async () => {
    const done = await write(text);
    label.textContent = done ? "Copied" : "Press Ctrl+C";
    tell(done ? `${what} copied` : `${what} is selected`);
    setTimeout(() => { label.textContent = "Copy"; }, 1600);
  };
  return el("button.copy", { type: "button", onclick: copy }, label, unseen(` ${what}`));
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOfOld(text);
  }
}

function copyOfOld(text) {
  const host = document.querySelector("dialog[open]") ?? document.body;
  const area = el("textarea.unseen", { "aria-hidden": "true", tabindex: "-1" });
  const before = document.activeElement;
  area.value = text;
  host.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}

/** Minutes and seconds, with hours where there are any. */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, at) => String(part).padStart(at === 0 ? 1 : 2, "0")).join(":");
}

const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

function remember(key, value) {
  try { localStorage.setItem(`shotlist-${key}`, value); } catch { /* A browser may refuse; then it is forgotten. */ }
}

function remembered(key) {
  try { return localStorage.getItem(`shotlist-${key}`); } catch { return null; }
}
