/**
 * Threads that train together with the one that owns the engine: each is an instance of the core on the same memory,
 * with a stack of its own, which works whenever a run calls. Where threads come from is the caller's business.
 */

/**
 * @typedef {import('./wasm.js').Core} Core
 * @typedef {import('./wasm.js').TeamTask} TeamTask
 * @typedef {import('./team_use.js').TeamUse} TeamUse  loaded only where there is a team
 * @typedef {(task: TeamTask) => Promise<{ end: () => void }>} StartThread  settles when the thread is about to serve
 */

const STACK_BYTES = 1 << 18;

/** More than these gain little on a usual batch, which has eight blocks of samples to share out. */
export const THREADS_USEFUL = 4;

/** The threads for a run whose user has not said how many. @param {number} cores  of the machine */
export function defaultThreads(cores) {
  return Math.min(cores, THREADS_USEFUL);
}

/**
 * Makes a core that holds a part of the functions one that can do everything, and gives it a team. Its runs go on, to the
 * same bits.
 *
 * @param {Core} core
 * @param {import('./wasm.js').Binary} source  the whole core, of the same build and for the same memory
 * @param {{ threads: number, startThread: StartThread }} team
 */
export async function completeCore(core, source, { threads, startThread }) {
  await core.replaceBy(source);
  if (threads > 1) await Team.start(core, threads, startThread);
}

export class Team {
  #core;
  #threads;

  /**
   * @param {Core} core @param {number} address @param {{ end: () => void }[]} threads
   * @param {() => TeamUse} newUse
   */
  constructor(core, address, threads, newUse) {
    this.#core = core;
    /** In the core's memory. */
    this.address = address;
    this.#threads = threads;
    /** Whether the help is worth having is found out for each kind of work. */
    this.newUse = newUse;
  }

  /**
   * @param {Core} core  with shared memory
   * @param {number} count  of threads, the owner's included; from 2. C has a most.
   * @param {StartThread} startThread  where not all of them start, the core trains alone: the same bits
   */
  static async start(core, count, startThread) {
    const { TeamUse } = await import('./team_use.js');
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
    const started = new Team(core, team, threads, () => new TeamUse());
    if (threads.length === stacks.length) core.team = started;
    // Those that have started look at the team until they are home, so its memory and their stacks stay taken.
    else started.dispose();
  }

  /** Threads, the owner's included. */
  get count() {
    return this.#threads.length + 1;
  }

  /** Sends the threads home. Runs of this core go on with one. */
  dispose() {
    this.#core.call.tscope_team_dismiss(this.address);
    for (const thread of this.#threads) thread.end();
  }
}
