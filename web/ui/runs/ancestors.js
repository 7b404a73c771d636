/** What a fork grew out of. */

/**
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 */

/** The runs that one grew out of, with the step up to which each counts. @param {Lab} lab @param {Run} run */
export function ancestorsOf(lab, run) {
  const found = [];
  let child = run;
  while (child.parentId !== null) {
    const parent = lab.runs.list.find((other) => other.id === child.parentId);
    if (!parent) break;
    found.push({ run: parent, until: child.startStep });
    child = parent;
  }
  return found;
}
