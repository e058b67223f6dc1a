// What a reader chose to see, and what of it each cell shows.

const view = {
  plane: [...story.chosen], // a point of the plane that is shown
  stage: "", // up to which stage is asked; empty: as deep as it was
  letters: new Set(), // outcomes that are looked for; none: all
  shims: false, // with the shim, where a cell was asked so
  first: "", // the stage at which a cell ended
  cause: -1,
};

// A cell at one stage alone: what imports is one picture, what serves another.
function letterAt(place, stage) {
  const cell = cellAt(place);
  if (!stage || !cell.result) return cell.letter;
  const answer = cell.result.answers[stage];
  if (answer) return answer === "failed" && depth(stage) <= depth("import") ? "i" : LETTER[answer];
  const ended = ["failed", "crashed", "unknown"].includes(cell.outcome) && depth(cell.stage) < depth(stage);
  return ended ? cell.letter : "n";
}

const causeCells = story.causes.map(({ cells }) => {
  const places = new Set();
  for (let n = 0; n < cells.length; n += 2) {
    for (let place = cells[n]; place < cells[n] + cells[n + 1]; place += 1) places.add(place);
  }
  return places;
});

function isWanted(place, letter) {
  if (view.letters.size && !view.letters.has(letter)) return false;
  if (view.first && cellAt(place).stage !== view.first) return false;
  return view.cause < 0 || causeCells[view.cause].has(place);
}

const isFiltered = () => view.letters.size > 0 || view.first !== "" || view.cause >= 0;

// The address of what is shown: `#flask=2.2.2&werkzeug=3.0.1&-stage=import`. A key that
// begins with - is none of a distribution, whose name cannot.
function addressOf(place) {
  const said = new URLSearchParams();
  const point = place < 0 ? view.plane : pointOf(place);
  story.dimensions.forEach((dimension, n) => {
    const isShown = n === 0 || n === story.across;
    const differs = !isShown && point[n] !== story.chosen[n];
    if ((place >= 0 && n < axes) || (place >= 0 && isShown) || differs) said.set(dimension.key, dimension.values[point[n]]);
  });
  if (view.stage) said.set("-stage", view.stage);
  if (view.shims) said.set("-shims", "with");
  if (view.letters.size) said.set("-only", [...view.letters].join(""));
  if (view.first) said.set("-ended", view.first);
  if (view.cause >= 0) said.set("-cause", view.cause);
  return `#${said}`;
}

// Take over what an address says; returns the cell that it leads to, or -1. What it
// says of things that are not there is passed over.
function follow(address) {
  const said = new URLSearchParams(address.replace(/^#/, ""));
  const point = [...story.chosen];
  let named = 0;
  story.dimensions.forEach((dimension, n) => {
    const at = dimension.values.indexOf(said.get(dimension.key));
    if (at < 0) return;
    point[n] = at;
    named += n === 0 || n === story.across ? 1 : 0;
  });
  view.plane = [...point];
  view.stage = STAGES.includes(said.get("-stage")) ? said.get("-stage") : "";
  view.shims = said.get("-shims") === "with" && story.shims.length > 0;
  view.letters = new Set([...(said.get("-only") || "")].filter((letter) => "pficusn".includes(letter)));
  view.first = STAGES.includes(said.get("-ended")) ? said.get("-ended") : "";
  const cause = Number.parseInt(said.get("-cause") ?? "-1", 10);
  view.cause = cause >= 0 && cause < story.causes.length ? cause : -1;
  const place = placeOf(point);
  return named === (story.across === null ? 1 : 2) && isCell(place) ? place : -1;
}
