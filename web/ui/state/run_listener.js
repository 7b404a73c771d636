/** What the page does about the worker's messages of a run. */

import { count } from '../../engine/words/numbers.js';

/**
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Lab  what it asks of the lab
 * @property {{ start: () => void, accept: (run: Run) => void,
 *   refuse: (run: Run, refusal: import('../../worker/protocol.js').RejectedMessage) => void }} runs
 * @property {import('./draft.js').Draft} draft
 * @property {import('./log.js').Log} log
 * @property {import('./log.js').Narrator} narrator
 * @property {{ stepOf: (run: Run) => number | null, recover: (run: Run) => void } | null} keeper
 * @property {() => void} touch
 * @property {() => void} touchSoon
 * @property {() => void} touchRows
 */

/** @param {Lab} lab @param {Run} run @returns {import('../../worker/run_handle.js').RunListener} */
export function listenTo(lab, run) {
  return {
    started: (message) => {
      run.begin(message);
      lab.runs.accept(run);
      run.notices = message.notices;
      lab.narrator.started?.(run, message.notices);
      lab.touch();
    },
    progress: (message) => {
      run.take(message);
      lab.narrator.progressed?.(run);
      lab.touchRows();
      lab.touchSoon();
      return drawn();
    },
    adjusted: (message) => hearAdjusted(lab, run, message),
    paused: () => {
      if (run.alive) run.enter('paused');
      lab.touch();
    },
    finished: (message) => {
      run.finish(message);
      lab.narrator.ended?.(run);
      lab.touchRows();
      lab.touch();
    },
    rejected: (refusal) => {
      if (run.parameters === 0) lab.runs.refuse(run, refusal);
      else {
        // One that was to go on, and cannot: what it was can still be seen.
        if (run.alive && run.handle?.ended) {
          run.enter('stopped');
          run.handle = null;
        }
        lab.draft.report(refusal);
      }
    },
    failed: ({ code, message }) => {
      run.enter('failed');
      run.handle = null;
      const step = lab.keeper?.stepOf(run) ?? null;
      const what = code === 'given-up' ? message : `Something broke that should not have: ${message}`;
      lab.log.note(run, 'bad', `${what} The curves so far are kept.`, [
        ...(step === null ? [] : [{ label: `Go on from step ${count(step)}`, act: () => lab.keeper?.recover(run) }]),
        { label: 'Start again', act: () => lab.runs.start() },
      ]);
    },
  };
}

/** @param {Lab} lab @param {Run} run @param {import('../../worker/messages.js').NewsMessage<'adjusted'>} message */
function hearAdjusted(lab, run, { step, field, value }) {
  const was = /** @type {import('../../engine/config/config.js').SettingValue} */ (run.inForce[field]);
  const change = { step, field, value };
  run.addChange(change);
  lab.narrator.adjusted?.(run, change, was);
  lab.touchRows();
  lab.touch();
}

/** Resolves when the page has drawn; a hidden tab draws nothing, and training goes on there. */
function drawn() {
  return new Promise((resolve) => {
    // The timer also serves the tab that is hidden while it waits for its frame.
    setTimeout(resolve, document.hidden ? 30 : 400);
    requestAnimationFrame(() => resolve(undefined));
  });
}
