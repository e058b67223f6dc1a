// What the page was given, by place (story.py writes it), and how to make elements.
// Text goes through textContent alone, so that none of it is ever read as markup.

const story = JSON.parse(document.getElementById("story").textContent);
const STAGES = ["resolve", "install", "import", "symbol", "call", "scenario"];
const LETTER = { passed: "p", failed: "f", crashed: "c", unknown: "u", unsolvable: "s", not_run: "n" };
const [KIND, RESULT, LOCK, REASON, CONTRACT, TIME, SHIM] = story.cells;
const sizes = story.dimensions.map((dimension) => dimension.values.length);
const axes = story.axes.length;

const by = (id) => document.getElementById(id);
const depth = (stage) => STAGES.indexOf(stage);
const spaced = (outcome) => outcome.replace("_", " ");
const counted = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

function make(tag, facts = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

const sign = (letter) => make("i", { class: `sign ${letter}` });

const placeOf = (point) => point.reduce((sum, at, n) => sum * sizes[n] + at, 0);

function pointOf(place) {
  const point = [];
  for (let n = sizes.length - 1; n >= 0; n -= 1) {
    point.unshift(place % sizes[n]);
    place = Math.floor(place / sizes[n]);
  }
  return point;
}

const isCell = (place) => place >= 0 && place < KIND.length && KIND[place] >= 0;

function cellAt(place) {
  const [letter, outcome, stage, source] = story.kinds[KIND[place]];
  const cell = {
    place, letter, outcome, stage, source,
    point: pointOf(place),
    result: RESULT[place] < 0 ? null : story.results[RESULT[place]],
    reason: REASON[place] < 0 ? "" : story.reasons[REASON[place]],
    asked: CONTRACT[place] < 0 ? "" : story.contracts[CONTRACT[place]],
    time: TIME[place] < 0 ? "" : story.times[TIME[place]],
    adapted: "",
  };
  return view.shims && SHIM[place] >= 0 ? { ...cell, ...shimmed(story.shims[SHIM[place]]) } : cell;
}

// What a cell answered with the shim; where it was not asked so, the other answer stands.
function shimmed([letter, outcome, stage, result, reason, adapted]) {
  return { letter, outcome, stage, reason, adapted: adapted || "nothing", result: result < 0 ? null : story.results[result] };
}

const pinsOf = (point) => story.axes.map((name, n) => [name, story.dimensions[n].values[point[n]]]);

// The circumstances that vary, in words: Python 3.12, as of its release.
function circumstancesOf(point) {
  return story.dimensions
    .map((dimension, n) => (n >= axes && sizes[n] > 1 ? `${dimension.name} ${dimension.values[point[n]]}`.trim() : ""))
    .filter(Boolean);
}
