/** When a team's help is worth having: pieces of work that take known times, with the team and without. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TeamUse } from '../../web/engine/core/team_use.js';

/**
 * The share of so many pieces that the team helps with, and their mean time.
 *
 * @param {TeamUse} use @param {number} pieces
 * @param {{ team: (piece: number) => number, alone: number }} times  milliseconds of a piece
 */
function work(use, pieces, { team, alone }) {
  let helped = 0;
  let total = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const milliseconds = use.pays ? team(piece) : alone;
    if (use.pays) helped++;
    total += milliseconds;
    use.took(milliseconds);
  }
  return { helped: helped / pieces, mean: total / pieces };
}

/** The team is held up for 4 ms in every second piece, as by a program that shares a core with it. */
const heldUp = (/** @type {number} */ piece) => (piece % 2 ? 2 : 6);

test('a team that is never held up helps with all pieces but those of one trial', () => {
  const { helped } = work(new TeamUse(), 5000, { team: () => 2, alone: 3 });
  assert.ok(helped > 0.998 && helped < 1, `${helped}`);
});

test('a team that is slower from its first piece on, and each time as much, is given up', () => {
  const { helped, mean } = work(new TeamUse(), 5000, { team: () => 4, alone: 3.2 });
  assert.ok(helped < 0.05 && mean < 1.01 * 3.2, `${helped}, ${mean} ms`);
});

test('a trial that is lost goes on no longer', () => {
  const use = new TeamUse();
  work(use, 32, { team: () => 2, alone: 100 });
  assert.ok(!use.pays);
  work(use, 1, { team: () => 2, alone: 100 });
  assert.ok(use.pays);
});

test('a team that is held up now and then still helps with nearly all', () => {
  const { helped } = work(new TeamUse(), 5000, { team: (piece) => (piece % 4 ? 2 : 5), alone: 3.5 });
  assert.ok(helped > 0.95, `${helped}`);
});

test('a team that was held up for a moment is not given up', () => {
  const use = new TeamUse();
  work(use, 100, { team: () => 2, alone: 3.2 });
  work(use, 10, { team: () => 9, alone: 3.2 });
  assert.ok(work(use, 60, { team: () => 2, alone: 3.2 }).helped > 0.85);
});

test('where a team is slower than one thread, little is lost by trying it', () => {
  const { mean } = work(new TeamUse(), 5000, { team: heldUp, alone: 3.2 });
  assert.ok(mean < 1.03 * 3.2, `${mean} ms`);
});

test('pieces that are too small for a team are not timed for long', () => {
  const use = new TeamUse();
  work(use, 100, { team: () => 0.01, alone: 0.01 });
  assert.ok(use.isIdle);
  const useful = new TeamUse();
  work(useful, 100, { team: () => 0.1, alone: 0.2 });
  assert.ok(!useful.isIdle);
});

test('when nothing holds the team up any more, it helps again', () => {
  const use = new TeamUse();
  work(use, 5000, { team: heldUp, alone: 3.2 });
  work(use, 520, { team: () => 2, alone: 3.2 });
  assert.equal(work(use, 1000, { team: () => 2, alone: 3.2 }).helped, 1);
});
