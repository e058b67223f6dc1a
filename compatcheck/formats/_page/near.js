// The nearest cell that works, and how its lock differs.

function lockOf(place) {
  if (LOCK[place] < 0) return null;
  const { names, versions, told } = story.locks;
  const lock = new Map(pinsOf(pointOf(place)));
  const others = told[LOCK[place]];
  for (let n = 0; n < others.length; n += 2) lock.set(names[others[n]], versions[others[n + 1]]);
  return lock;
}

// [name, here, there] of what differs, the pins first; empty for what one has not.
function differenceOf(here, there) {
  const names = new Set([...story.axes, ...[...here.keys(), ...there.keys()].sort()]);
  return [...names]
    .map((name) => [name, here.get(name) ?? "", there.get(name) ?? ""])
    .filter(([, one, other]) => one !== other);
}

// How far two cells are from each other: other circumstances count less than a release,
// since the same pair that works otherwise says most.
function distance(one, other) {
  let far = 0;
  one.forEach((at, n) => {
    if (n < axes) far += Math.abs(at - other[n]) * 4;
    else if (at !== other[n]) far += 1;
  });
  return far;
}

// The cell that passes, as far as it was asked, with the least distance; of several
// such, the one whose lock differs least.
function nearestTo(place) {
  const here = lockOf(place);
  if (!here) return null;
  const point = pointOf(place);
  let best = null;
  for (let other = 0; other < KIND.length; other += 1) {
    if (!isCell(other) || story.kinds[KIND[other]][1] !== "passed" || LOCK[other] < 0) continue;
    const far = distance(point, pointOf(other));
    if (best && far > best.far) continue;
    const difference = differenceOf(here, lockOf(other));
    if (!best || far < best.far || difference.length < best.difference.length) {
      best = { far, place: other, difference };
    }
  }
  return best;
}
