// One cell, told: what it is made of, what became of it, why, and what would mend it.

function ladderOf(cell) {
  const answers = cell.result ? cell.result.answers : {};
  const steps = STAGES.map((stage) => {
    let outcome = answers[stage] || "";
    if (!outcome && stage === cell.stage && cell.outcome !== "passed") outcome = cell.outcome;
    if (!outcome && LOCK[cell.place] >= 0 && stage === "resolve") outcome = "passed";
    if (!outcome && cell.result && stage === "install" && cell.source !== "screened") outcome = "passed";
    const said = outcome ? `${stage}: ${spaced(outcome)}` : `${stage}: not asked`;
    const shown = make("li", { title: said, class: outcome ? null : "unasked" }, outcome ? sign(LETTER[outcome]) : "", stage);
    shown.append(make("span", { class: "unseen" }, outcome ? ` ${spaced(outcome)}` : " not asked"));
    return shown;
  });
  return make("ul", { class: "ladder", "aria-label": "Stages" }, steps);
}

function raisedOf(raised, how) {
  const frames = raised.frames.map((frame) => make("li", {}, frame));
  const [few, rest] = [frames.slice(-3), frames.slice(0, -3)];
  return [
    how ? make("p", { class: "small" }, how) : null,
    make("p", { class: "raised" }, raised.message ? `${raised.type}: ${raised.message}` : raised.type),
    rest.length ? make("details", {}, make("summary", {}, `${counted(rest.length, "frame")} before`), make("ol", { class: "frames" }, rest)) : null,
    few.length ? make("ol", { class: "frames" }, few) : null,
  ];
}

const RELATION = { cause: "raised from", context: "while handling", effect: "so that" };

function failuresOf(cell) {
  const told = new Map();
  for (const [stage, target, outcome, failure] of cell.result ? cell.result.seen : []) {
    if (outcome !== "failed" && outcome !== "crashed") continue;
    const key = `${stage} ${failure}`;
    if (!told.has(key)) told.set(key, { stage, outcome, failure, targets: [] });
    told.get(key).targets.push(story.targets[target]);
  }
  return [...told.values()].map(({ stage, outcome, failure, targets }) => {
    const few = targets.slice(0, 3).join(", ") + (targets.length > 3 ? ` and ${targets.length - 3} more` : "");
    const raised = failure < 0 ? null : story.failures[failure];
    return make("div", {},
      make("p", { class: "small" }, `${spaced(outcome)} at ${stage}: ${few}`),
      raised ? raisedOf(raised, "") : "",
      raised ? raised.chain.flatMap((link) => raisedOf(link, RELATION[link.how])) : []);
  });
}

function whyOf(cell) {
  return (cell.result ? cell.result.why : []).map((place) => {
    const why = story.diagnoses[place];
    return make("div", {},
      make("p", {}, make("b", {}, why.title), " ", make("code", { class: "small" }, why.rule)),
      why.culprit ? make("p", { class: "small" }, `culprit: ${why.culprit}`) : "",
      why.remedies.map((cure) => make("p", { class: "cure" },
        make("code", {}, cure.command),
        make("span", { class: cure.verified ? "verified" : "small" }, cure.verified ? "✓ tried: it passes" : "not tried"))),
      make("details", {}, make("summary", {}, `Evidence (${why.evidence.length})`),
        make("ul", { class: "small" }, why.evidence.map((said) => make("li", {}, said)))));
  });
}

function nearOf(cell, go) {
  if (cell.outcome === "passed") return [];
  const near = nearestTo(cell.place);
  if (!near) return [];
  const target = pointOf(near.place);
  const where = [...pinsOf(target).map((pin) => pin.join(" ")), ...circumstancesOf(target)].join(", ");
  const rows = near.difference.map(([name, one, other]) => make("tr", {},
    make("th", { scope: "row" }, name), make("td", {}, one || "absent"), make("td", {}, "→ ", other || "absent")));
  const few = rows.slice(0, 6);
  return [make("div", {}, make("h3", {}, "The nearest cell that works"),
    make("p", {}, make("button", { type: "button", class: "show", onclick: () => go(near.place) }, where)),
    rows.length ? make("table", { class: "difference" }, few) : make("p", { class: "small" }, "Its lock is the same."),
    rows.length > 6 ? make("details", {}, make("summary", {}, `${rows.length - 6} more that differ`), make("table", { class: "difference" }, rows.slice(6))) : "")];
}

function lockedOf(cell) {
  const lock = lockOf(cell.place);
  if (!lock) return "";
  const told = [...lock].sort(([one], [other]) => (one < other ? -1 : 1));
  return make("details", {}, make("summary", {}, `Lock: ${counted(told.length, "distribution")}`),
    make("ul", { class: "locked" }, told.map((pin) => make("li", {}, pin.join(" ")))));
}

function tell(place, { go, close }) {
  const cell = cellAt(place);
  const pins = pinsOf(cell.point).map((pin) => pin.join(" ")).join("  ×  ");
  const stage = cell.stage ? ` at ${cell.stage}` : "";
  const about = [cell.source, cell.adapted ? `with the shim, which adapted ${cell.adapted}` : "", cell.time ? `as of ${cell.time}` : "", cell.asked ? `asked: ${cell.asked}` : ""];
  by("cell").replaceChildren(
    make("div", { class: "identity" },
      make("span", { class: "badge" }, sign(cell.letter), `${spaced(cell.outcome)}${stage}`),
      make("span", { class: "pins" }, pins),
      make("span", { class: "small" }, circumstancesOf(cell.point).join(", ")),
      make("span", { class: "buttons" },
        make("a", { class: "small", href: addressOf(place) }, "link to this cell"),
        make("button", { type: "button", class: "plain", onclick: close }, "close"))),
    ladderOf(cell),
    cell.reason ? make("p", { class: "raised" }, cell.reason) : "",
    make("div", { class: "columns" },
      ...[["What was raised", failuresOf(cell)], ["Why", whyOf(cell)]]
        .filter(([, told]) => told.length)
        .map(([title, told]) => make("div", {}, make("h3", {}, title), told)),
      nearOf(cell, go)),
    make("p", { class: "small" }, about.filter(Boolean).join(" · ")),
    lockedOf(cell));
}
