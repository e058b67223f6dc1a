// The picture: it is there before any script; this colours it and listens.

const grid = by("grid");
const cells = [...grid.querySelectorAll('[role="gridcell"]')];
const heads = {
  rows: [...grid.querySelectorAll('[role="rowheader"]')],
  columns: [...grid.querySelectorAll('[role="columnheader"]')].slice(1),
};
const wide = heads.columns.length;
let here = 0; // the cell that the keyboard is at

function placeAt(index) {
  const point = [...view.plane];
  point[0] = Math.floor(index / wide);
  if (story.across !== null) point[story.across] = index % wide;
  return placeOf(point);
}

function indexOf(place) {
  const point = pointOf(place);
  return point[0] * wide + (story.across === null ? 0 : point[story.across]);
}

const WORD = { p: "passed", f: "failed", i: "failed", c: "crashed", u: "unknown", s: "unsolvable", n: "not run" };

function briefly(place, letter) {
  const cell = cellAt(place);
  const stage = view.stage || cell.stage;
  return `${WORD[letter]}${stage && "pfic".includes(letter) ? ` at ${stage}` : ""}`;
}

// The legend and the bar tell of the plane and the stage that are shown.
function count(held) {
  for (const key of document.querySelectorAll(".key")) {
    const number = held.get(key.dataset.letter) ?? 0;
    key.querySelector("b").textContent = number.toLocaleString("en");
    key.parentElement.hidden = !number && !view.letters.has(key.dataset.letter);
  }
  for (const share of document.querySelectorAll(".share")) {
    const number = held.get(share.classList[1]) ?? 0;
    share.style.flexGrow = number;
    share.hidden = !number;
  }
}

function paint() {
  let shown = 0;
  let there = 0;
  const held = new Map();
  cells.forEach((element, index) => {
    const place = placeAt(index);
    if (!isCell(place)) {
      element.className = "x";
      element.removeAttribute("aria-label");
      return;
    }
    there += 1;
    const letter = letterAt(place, view.stage);
    held.set(letter, (held.get(letter) ?? 0) + 1);
    const wanted = isWanted(place, letter);
    shown += wanted;
    element.className = wanted ? letter : `${letter} d`;
    element.setAttribute("aria-label", `${pinsOf(pointOf(place)).map((pin) => pin.join(" ")).join(", ")}: ${briefly(place, letter)}`);
  });
  count(held);
  by("status").textContent = isFiltered() ? `${shown.toLocaleString("en")} of ${counted(there, "cell")}` : counted(there, "cell");
}

function point(index) {
  for (const element of grid.querySelectorAll(".hot")) element.classList.remove("hot");
  if (index < 0) return;
  heads.rows[Math.floor(index / wide)].classList.add("hot");
  heads.columns[index % wide].classList.add("hot");
}

function mark(place) {
  for (const element of grid.querySelectorAll(".on")) element.classList.remove("on");
  if (place >= 0) cells[indexOf(place)].classList.add("on");
}

function moveTo(index, { focus }) {
  cells[here].tabIndex = -1;
  here = index;
  cells[here].tabIndex = 0;
  if (focus) cells[here].focus({ preventScroll: false });
}

// On a narrow place the columns run down: the style sheet turns the grid.
const isTurned = () => getComputedStyle(grid).gridAutoFlow.startsWith("column");

function step(key, index) {
  const [row, column] = [Math.floor(index / wide), index % wide];
  const last = [heads.rows.length - 1, wide - 1];
  const turned = isTurned();
  const moved = (side, to) => {
    const at = [row, column];
    at[turned ? 1 - side : side] = Math.max(0, Math.min(to(at[turned ? 1 - side : side]), last[turned ? 1 - side : side]));
    return at[0] * wide + at[1];
  };
  const ahead = (side, way) => {
    const starts = [0, ...story.starts[turned ? 1 - side : side]];
    return moved(side, (at) => (way > 0 ? starts.find((start) => start > at) ?? Infinity : starts.findLast((start) => start < at) ?? 0));
  };
  switch (key) {
    case "ArrowUp": return moved(0, (at) => at - 1);
    case "ArrowDown": return moved(0, (at) => at + 1);
    case "ArrowLeft": return moved(1, (at) => at - 1);
    case "ArrowRight": return moved(1, (at) => at + 1);
    case "Home": return moved(1, () => 0);
    case "End": return moved(1, () => Infinity);
    case "PageUp": return ahead(1, -1);
    case "PageDown": return ahead(1, 1);
    default: return -1;
  }
}
