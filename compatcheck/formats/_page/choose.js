// Filters, switches, hover, keyboard and addresses, joined; and the start.

let pinned = -1;

function remember() {
  history.replaceState(null, "", addressOf(pinned));
}

function show(place) {
  tell(place, { go: pin, close: unpin });
  by("panel").hidden = false;
}

function pin(place) {
  const point = pointOf(place);
  view.plane = point;
  pinned = place;
  refresh();
  moveTo(indexOf(place), { focus: false });
  show(place);
}

function unpin() {
  pinned = -1;
  refresh();
  by("panel").hidden = isNarrow();
}

const isNarrow = () => matchMedia("(max-width: 42rem)").matches;

function refresh() {
  paint();
  mark(pinned);
  remember();
  for (const key of document.querySelectorAll(".key")) key.setAttribute("aria-pressed", view.letters.has(key.dataset.letter));
  for (const input of by("controls").querySelectorAll("input")) input.checked = input.isChosen();
  for (const select of by("controls").querySelectorAll("select")) select.value = select.chosen();
  by("reset").hidden = !isFiltered();
}

// A switch: one of a few, side by side.
function switchOf(title, values, chosen, choose) {
  const name = `switch-${title}`;
  const labels = values.map(([value, words]) => {
    const input = make("input", { type: "radio", name, onchange: () => { choose(value); refresh(); } });
    input.isChosen = () => chosen() === value;
    return make("label", {}, input, make("span", {}, words));
  });
  return make("fieldset", {}, make("legend", {}, title), make("span", { class: "switch" }, labels));
}

// A choice of many, or of long words.
function pickOf(title, values, chosen, choose) {
  const select = make("select", { onchange: () => { choose(select.value); refresh(); } },
    values.map(([value, words]) => make("option", { value }, words)));
  select.chosen = () => String(chosen());
  return make("label", { class: "pick" }, title, select);
}

const VERBS = { resolve: "resolves", install: "installs", import: "imports", symbol: "has the names", call: "takes the calls", scenario: "serves" };

function stagesAsked() {
  const asked = new Set(story.results.flatMap((result) => Object.keys(result.answers)));
  return STAGES.filter((stage) => asked.has(stage));
}

function controls() {
  const asked = stagesAsked();
  const ended = STAGES.filter((stage) => story.kinds.some((kind) => kind[2] === stage));
  const made = [];
  if (asked.length > 1) {
    const stages = [["", "all that was asked"], ...asked.map((stage) => [stage, VERBS[stage]])];
    made.push(switchOf("What", stages, () => view.stage, (stage) => { view.stage = stage; }));
  }
  for (const n of story.choices) {
    const { title, values } = story.dimensions[n];
    const offered = values.map((value, at) => [at, value]);
    const turn = (at) => { view.plane[n] = Number(at); pinned = -1; };
    const build = values.length > 4 ? pickOf : switchOf;
    made.push(build(title, offered, () => view.plane[n], turn));
  }
  if (story.shims.length) {
    const shims = [[false, "without"], [true, "with the shim"]];
    made.push(switchOf("Shims", shims, () => view.shims, (chosen) => { view.shims = chosen; pinned = -1; }));
  }
  if (story.causes.length > 1) {
    const causes = [["-1", "any"], ...story.causes.map((cause, n) => [String(n), cause.label])];
    made.push(pickOf("Cause", causes, () => view.cause, (n) => { view.cause = Number(n); }));
  }
  if (ended.length > 1) {
    const stages = [["", "any stage"], ...ended.map((stage) => [stage, stage])];
    made.push(pickOf("Ended at", stages, () => view.first, (stage) => { view.first = stage; }));
  }
  made.push(make("button", { type: "button", id: "reset", class: "plain", hidden: true, onclick: reset }, "show all"));
  by("controls").replaceChildren(...made);
  by("controls").hidden = false;
}

function reset() {
  view.letters.clear();
  view.first = "";
  view.cause = -1;
  refresh();
}

function tipAt(event, place) {
  const tip = by("tip");
  const letter = letterAt(place, view.stage);
  const pins = pinsOf(pointOf(place)).map((pin) => pin.join(" ")).join(" × ");
  tip.replaceChildren(make("p", {}, make("b", {}, pins)), make("p", {}, briefly(place, letter)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${event.clientY + 20 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 20}px`;
}

function listen() {
  const place = (event) => {
    const index = cells.indexOf(event.target.closest('[role="gridcell"]'));
    return index < 0 ? [-1, -1] : [index, placeAt(index)];
  };
  grid.addEventListener("pointermove", (event) => {
    const [index, at] = place(event);
    if (index < 0 || !isCell(at) || event.pointerType === "touch") return leave();
    if (by("tip").hidden || by("tip").dataset.at !== String(at)) {
      by("tip").dataset.at = String(at);
      point(index);
      if (pinned < 0) show(at);
    }
    return tipAt(event, at);
  });
  const leave = () => { by("tip").hidden = true; point(-1); };
  grid.addEventListener("pointerleave", leave);
  grid.addEventListener("click", (event) => {
    const [index, at] = place(event);
    if (index < 0 || !isCell(at)) return;
    moveTo(index, { focus: true });
    if (pinned === at) unpin(); else pin(at);
  });
  grid.addEventListener("focusin", (event) => {
    const [index, at] = place(event);
    if (index < 0) return;
    moveTo(index, { focus: false });
    point(index);
    if (isCell(at) && pinned < 0 && !isNarrow()) show(at);
  });
  grid.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const [index, at] = place(event);
    if (index < 0) return;
    if (event.key === "Enter" || event.key === " ") { if (isCell(at)) { pin(at); by("panel").focus({ preventScroll: isNarrow() }); } } else {
      const to = step(event.key, index);
      if (to < 0) return;
      if (pinned >= 0) { pinned = -1; mark(-1); remember(); }
      moveTo(to, { focus: true });
    }
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || pinned < 0) return;
    const back = indexOf(pinned);
    unpin();
    moveTo(back, { focus: true });
  });
  addEventListener("hashchange", arrive);
  for (const key of document.querySelectorAll(".key")) {
    key.disabled = false;
    key.addEventListener("click", () => {
      const { letter } = key.dataset;
      if (!view.letters.delete(letter)) view.letters.add(letter);
      refresh();
    });
  }
  for (const button of document.querySelectorAll(".show")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      reset();
      view.cause = Number(button.dataset.cause);
      refresh();
      grid.scrollIntoView({ block: "center" });
    });
  }
}

function themes() {
  const button = by("theme");
  const names = ["light dark", "light", "dark"];
  const said = { "light dark": "as the system has them", light: "light", dark: "dark" };
  const signs = { "light dark": "◐", light: "☀", dark: "☾" };
  let chosen = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    chosen = (chosen + 1) % names.length;
    const name = names[chosen];
    document.documentElement.style.colorScheme = name;
    button.textContent = signs[name];
    button.setAttribute("aria-label", `Colours: ${said[name]}`);
  });
}

function arrive() {
  const place = follow(location.hash);
  pinned = -1;
  if (place >= 0) {
    pin(place);
    cells[indexOf(place)].scrollIntoView({ block: "nearest", inline: "center" });
  } else {
    refresh();
  }
}

// What to show before anybody pointed anywhere: the first cell that fails, else the last.
function opening() {
  const indexes = cells.map((_, index) => index).filter((index) => isCell(placeAt(index)));
  return indexes.find((index) => ["f", "i", "c"].includes(letterAt(placeAt(index), ""))) ?? indexes.at(-1) ?? 0;
}

controls();
listen();
themes();
for (const element of cells) element.tabIndex = -1; // one stop of the Tab key, and arrows
cells[here].tabIndex = 0;
arrive();
if (pinned < 0) {
  const index = opening();
  moveTo(index, { focus: false });
  if (!isNarrow() && isCell(placeAt(index))) show(placeAt(index));
}
document.documentElement.dataset.ready = "";
