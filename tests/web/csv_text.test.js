/** What a spreadsheet makes of the exports: texts stay texts, numbers numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../web/ui/shared/csv_text.js';
import { runsToCsv } from '../../web/ui/shared/export.js';
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
