/**
 * Threads that train together with the one that owns the engine: each is an instance of the core on the same memory,
 * with a stack of its own, which works whenever a run calls. Where threads come from is the caller's business.
 */

/**
 * @typedef {import('./wasm.js').Core} Core
 * @typedef {import('./wasm.js').TeamTask} TeamTask
 * @typedef {(task: TeamTask) => Promise<{ end: () => void }>} StartThread  settles when the thread is about to serve
 */

const STACK_BYTES = 1 << 18;

/** More than these gain little on a usual batch, which has eight blocks of samples to share out. */
export const THREADS_USEFUL = 4;

/** The threads for a run whose user has not said how many. @param {number} cores  of the machine */
export function defaultThreads(cores) {
  return Math.min(cores, THREADS_USEFUL);
}

export class Team {
  #core;
  #threads;

  /** @param {Core} core @param {{ end: () => void }[]} threads */
  constructor(core, threads) {
    this.#core = core;
    this.#threads = threads;
  }

  /**
   * @param {Core} core  with shared memory
   * @param {number} count  of threads, the owner's included; from 2. C has a most.
   * @param {StartThread} startThread
   * @returns {Promise<Team | null>}  null where not all of them start: the core trains alone, the same bits
   */
  static async start(core, count, startThread) {
    count = Math.min(count, core.constants.THREADS_MAX);
    const team = core.allocate(core.call.tscope_team_bytes());
    const stacks = Array.from({ length: count - 1 }, () => core.allocate(STACK_BYTES));
    core.call.tscope_team_init(team, count);
    const starts = await Promise.allSettled(
      stacks.map(async (stack, i) =>
        startThread({ ...core.shared, team, index: i + 1, stackTop: stack + STACK_BYTES }),
      ),
    );
    const threads = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    core.team = team;
    const started = new Team(core, threads);
    if (threads.length === stacks.length) return started;
    // Those that have started look at the team until they are home, so its memory and their stacks stay taken.
    started.dispose();
    return null;
  }

  /** Threads, the owner's included. */
  get count() {
    return this.#threads.length + 1;
  }

  /** Sends the threads home. Runs of this core go on with one. */
  dispose() {
    this.#core.call.tscope_team_dismiss(this.#core.team);
    for (const thread of this.#threads) thread.end();
  }
}
