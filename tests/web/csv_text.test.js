/** What a spreadsheet makes of the exports: texts stay texts, numbers numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../web/ui/shared/csv_text.js';
import { runsToCsv } from '../../web/ui/shared/export.js';
import { raceToCsv, rangeToCsv, trialsToCsv } from '../../web/ui/shared/study_export.js';
import { sweepToCsv } from '../../web/ui/sweep/sweep_export.js';

test('no text is a formula, and no number a text', () => {
  for (const text of ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '=HYPERLINK("http://a","b")']) {
    assert.equal(csvLine([text]), `"'${text.replaceAll('"', '""')}"`);
  }
  assert.equal(csvLine([-1.5, 1e-7, -Infinity, NaN, 0]), '-1.5,1e-7,-Infinity,NaN,0');
  assert.equal(csvLine(['a', 'a,b', 'a"b', 'a\nb', '', null, undefined]), 'a,"a,b","a""b","a\nb",,,');
});

test('names of files and texts of settings are such texts', () => {
  const run = { name: '=cmd()', status: 'complete', step: 3, evaluations: [], summary: null, seconds: 1 };
  assert.match(
    runsToCsv([/** @type {any} */ (run)], () => '@x'),
    /\n"'=cmd\(\)","'@x",complete,3,/,
  );
  const trial = {
    changes: { model: 'conv(4,3) relu', lr: -1 },
    seed: 1,
    steps: 2,
    infeasible: true,
    verdict: 'stable',
    digest: 'ab',
  };
  const over = [{ field: 'model' }, { field: 'lr' }];
  assert.match(
    sweepToCsv(/** @type {any} */ ({ over, trials: [trial] })),
    /\n"conv\(4,3\) relu",-1,1,2,1,,stable,,,,,,ab\n$/,
  );
});

test('trainings, range tests and races are long tables, whose names are no formulas', () => {
  const curve = { step: [0, 4], loss: [2, 1], smoothed: [2, 1.5], accuracy: [0.1, 0.2], norm: [3, 4], lr: [0.1, 0.1] };
  const evaluations = [{ step: 5, val_loss: 0.5, val_accuracy: 0.75 }];
  const trial = /** @type {any} */ ({ seed: 7, curve, evaluations });
  assert.deepEqual(
    trialsToCsv([
      { label: '=1+1', trial },
      { label: 'η 0.1, batch 8', trial: { seed: 8 } },
    ]).split('\n'),
    [
      'run,seed,what,step,loss,smoothed,accuracy,norm,lr,val_loss,val_accuracy',
      `"'=1+1",7,step,0,2,2,0.1,3,0.1,,`,
      `"'=1+1",7,step,4,1,1.5,0.2,4,0.1,,`,
      `"'=1+1",7,evaluation,5,,,,,,0.5,0.75`,
      '',
    ],
  );
  const seeds = [{ seed: 1, lr: [0.1, 0.2], loss: [3, Number.NaN], smoothed: [3, 2] }];
  assert.equal(rangeToCsv(seeds), 'seed,lr,loss,smoothed\n1,0.1,3,3\n1,0.2,NaN,2\n');
  const racer = { rule: 'adam', lr: 0.1, xs: [1, 2], ys: [3, 4], excess: [5, 6] };
  assert.equal(raceToCsv([racer]), 'rule,lr,step,x,y,excess\nadam,0.1,0,1,3,5\nadam,0.1,1,2,4,6\n');
});
