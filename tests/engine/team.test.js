/** Threads that train together: the same bits as one, and engines that come and go. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Team } from '../../web/engine/core/team.js';
import { TeamUse } from '../../web/engine/core/team_use.js';
import { instantiateCore } from '../../web/engine/core/wasm.js';
import { createEngineFrom, Engine } from '../../web/engine/engine.js';
import { createEngine, TrainerError } from '../../web/platform/node/index.js';
import { startTeamThread } from '../../web/platform/node/team_thread_port.js';

/**
 * @typedef {import('../../web/engine/config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../../web/engine/core/wasm.js').TeamTask} TeamTask
 */

const THREAD = new URL('../../web/platform/node/team_thread.js', import.meta.url);
const THREADS_WASM = new URL('../../build/trainscope-threads.wasm', import.meta.url);

const alone = await createEngine();
const together = await createEngine({ threads: 3 });
after(() => together.dispose());

/** Large enough that the team is called: see FLOPS_WORTH_A_TEAM in src/train/pass.c. @type {Record<string, GivenConfig>} */
const RUNS = {
  'glyphs with LeNet and Adam': { dataset: 'glyphs', samples: 200, optimizer: 'adam', lr: 0.001 },
  'a deep model on points': {
    dataset: 'spiral',
    model: 'linear(128) (residual(linear(128) layernorm tanh dropout(0.1)))*3 batchnorm',
    clip: 'adaptive',
    batch: 100,
  },
  'full batches in chunks': { dataset: 'moons', samples: 700, model: 'linear(200) gelu linear(200) gelu', batch: 0 },
};

/** @param {import('../../web/engine/engine.js').Engine} engine @param {GivenConfig} settings */
function train(engine, settings) {
  const { config, problems } = engine.parseConfig({ steps: 40, eval_every: 0, ...settings });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  const rows = trainer.step(25);
  const outcome = {
    rows,
    digest: trainer.digest(),
    evaluation: trainer.evaluate('val'),
    sharpness: trainer.sharpness({ samples: 64, iterations: 3 }),
  };
  trainer.dispose();
  return outcome;
}

for (const [name, settings] of Object.entries(RUNS)) {
  test(`three threads train ${name} to the same bits as one`, () => {
    assert.deepEqual(train(together, settings), train(alone, settings));
  });
}

/** Whatever the last piece took. @this {TeamUse} */
function changeSides() {
  this.pays = !this.pays;
}

test('a team that joins in mid-run, is given up and is taken back between two chunks of a step changes no bit', async (t) => {
  t.mock.method(TeamUse.prototype, 'took', changeSides);
  const settings = { dataset: 'moons', samples: 700, model: 'linear(200) gelu linear(200) gelu', batch: 0, steps: 40 };
  const core = await instantiateCore(await readFile(THREADS_WASM), undefined, { isShared: true });
  /** @type {boolean[]} */
  const helped = [];
  const { tscope_trainer_use_team } = core.call;
  core.call = {
    ...core.call,
    tscope_trainer_use_team: (run, team) => {
      helped.push(team !== 0);
      return tscope_trainer_use_team(run, team);
    },
  };
  const engine = new Engine(core);
  const [run, same] = [engine, alone].map((its) => its.createTrainer(its.parseConfig(settings).config));
  for (const trainer of [run, same]) {
    let chunks = 0;
    trainer.advanceRows(3, () => ++chunks === 8);
  }
  await Team.start(core, 2, startTeamThread);
  for (const trainer of [run, same]) trainer.step(7);
  assert.ok(helped.length > 30, `${helped.length} changes`);
  assert.ok(helped.every((isHelped, i) => isHelped === (i % 2 === 0)));
  assert.equal(run.digest(), same.digest());
  assert.deepEqual(run.evaluate('val'), same.evaluate('val'));
  engine.dispose();
});

test('an engine knows its threads', () => {
  assert.equal(alone.threads, 1);
  assert.equal(together.threads, 3);
});

test('a number of threads that is none is refused', async () => {
  for (const threads of [0, 1.5, Number.NaN, -2]) {
    await assert.rejects(createEngine({ threads }), (error) => {
      assert.ok(error instanceof TrainerError);
      assert.match(error.message, /^threads must be a whole number from 1, not /);
      return true;
    });
  }
});

test('where a thread does not start, the others are sent home and one trains alone', async () => {
  for (const missing of [[2], [1, 2]]) {
    /** @type {Promise<unknown>[]} */
    const exits = [];
    const startThread = async (/** @type {TeamTask} */ task) => {
      if (missing.includes(task.index)) throw new Error('There is no thread.');
      const worker = new Worker(THREAD, { workerData: task });
      exits.push(once(worker, 'exit'));
      await once(worker, 'message');
      return { end: () => {} };
    };
    const engine = await createEngineFrom(await readFile(THREADS_WASM), { threads: 3, startThread });
    assert.equal(engine.threads, 1);
    assert.equal(exits.length, 2 - missing.length);
    await Promise.all(exits);
    const [settings] = Object.values(RUNS);
    assert.deepEqual(train(engine, settings), train(alone, settings));
    engine.dispose();
  }
});

test('a thread that dies before it serves has not started', async () => {
  const nonsense = { module: null, memory: null, team: 0, index: 1, stackTop: 0 };
  await assert.rejects(startTeamThread(/** @type {TeamTask} */ (/** @type {unknown} */ (nonsense))));
});

test('a program with threads ends by itself', () => {
  const program = `
    import { createEngine } from './web/platform/node/index.js';
    const engine = await createEngine({ threads: 2 });
    const { config } = engine.parseConfig({ dataset: 'glyphs', samples: 64, steps: 20 });
    const trainer = engine.createTrainer(config);
    trainer.step(2);
    console.log(trainer.step(2).length);
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(status, 0);
  assert.equal(stdout.trim(), '2');
});
