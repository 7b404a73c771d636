/** The bench's result as text. */

import { OURS } from './peers.js';

/** @param {Record<string, any>} result @returns {string} */
export function formatBench(result) {
  const { machine, rows, contestants, absent, works, agreement, threads, ways, onecycle } = result;
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, load before ${machine.load}; Node ${machine.node}${machine.chromium ? `, Chromium ${machine.chromium}` : ''}`,
    `${result.data}; median of ${result.rounds} alternating rounds of ${result.slice_ms} ms, (least to most); one thread unless it says otherwise`,
  ];
  const peaks = rows.filter((/** @type {any} */ { peer }) => peer === 'peak');
  for (const { arithmetic, max, median } of peaks)
    lines.push(
      `128-bit peak, ${arithmetic}, by register tiles: ${number(max)} GFLOP/s at best (median ${number(median)})`,
    );
  if (peaks.length === 0) lines.push('128-bit peak not measured: ./build.sh bench builds what measures it');
  for (const place of ['node', 'chromium']) {
    const here = rows.filter(
      (/** @type {any} */ row) =>
        row.work !== 'PEAK' && (row.runs_in === place || (place === 'node' && row.runs_in === 'native')),
    );
    if (here.length > 0) lines.push('', ...formatTable(place, here, works));
  }
  lines.push('', 'Works:', ...works.map((/** @type {any} */ { id, title }) => `  ${id}: ${title}`));
  lines.push('', 'Who:');
  for (const { peer, runs_in, threads: count, arithmetic, version, notes } of contestants) {
    lines.push(
      `  ${name(peer, runs_in, count, arithmetic)} ${version}${notes.map((/** @type {string} */ note) => `; ${note}`).join('')}`,
    );
  }
  for (const { peer, runs_in, threads: count, arithmetic, reason } of absent)
    lines.push(`  ${name(peer, runs_in, count, arithmetic)} left out: ${reason}`);
  for (const { peer, work, notes } of ways) lines.push(`  ${peer} on ${work}: ${notes.join(', ')}`);
  lines.push('', 'Same weights, same batches, so the same losses:');
  for (const one of agreement) {
    const { peer, work, runs_in, threads: count, arithmetic, agrees, is_reference: isReference, figures } = one;
    const verdict = isReference ? '         ' : agrees ? 'agrees   ' : 'DISAGREES';
    lines.push(`  ${verdict} ${work} ${name(peer, runs_in, count, arithmetic)}: ${figures}`);
  }
  if (threads.length > 0) lines.push('', 'Two threads, as a multiple of one:');
  for (const { work, runs_in, arithmetic, speedup, same_digest: isSame } of threads) {
    const bits = isSame === null ? '' : isSame ? ', the same bits' : ', OTHER BITS';
    lines.push(`  ${work} (${runs_in}, ${arithmetic}): ${speedup.toFixed(2)}${bits}`);
  }
  if (onecycle) lines.push('', ...formatOnecycle(onecycle));
  return lines.join('\n');
}

/**
 * One line per work; ours with its share of the peak, then each peer with our speed divided by its.
 *
 * @param {string} place
 * @param {any[]} rows
 * @param {any[]} works
 */
function formatTable(place, rows, works) {
  const peers = [...new Set(rows.filter(({ peer }) => peer !== OURS).map(({ peer }) => peer))];
  const hasFused = rows.some(({ arithmetic }) => arithmetic === 'fused');
  const head = [
    place === 'node' ? 'Node' : 'Chromium',
    'unit',
    OURS,
    'of peak',
    ...(hasFused ? ['fused', 'of peak', '÷ plain'] : []),
    ...peers.flatMap((peer) => [peer, 'ours ÷ it']),
  ];
  const body = works
    .map(({ id, unit }) => {
      /** @param {string} peer @param {string | null} [arithmetic] */
      const find = (peer, arithmetic = null) =>
        rows.find((row) => row.work === id && row.peer === peer && row.threads === 1 && row.arithmetic === arithmetic);
      const ours = find(OURS, 'plain');
      if (!ours) return null;
      const fused = find(OURS, 'fused');
      const others = peers.flatMap((peer) => {
        const row = find(peer);
        return row ? [figure(row), row.ratio.toFixed(2)] : ['', ''];
      });
      return [id, unit, figure(ours), share(ours), ...(hasFused ? fusedCells(fused) : []), ...others];
    })
    .filter((cells) => cells !== null);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column].length)));
  return [head, ...body].map((cells) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** @param {any} row  ours, fused; undefined: not measured @returns {string[]} */
function fusedCells(row) {
  return row ? [figure(row), share(row), (1 / row.ratio).toFixed(2)] : ['', '', ''];
}

/** @param {any} row */
function share({ peak_share }) {
  return peak_share === null ? '' : `${Math.round(100 * peak_share)} %`;
}

/** @param {any} onecycle */
function formatOnecycle({ settings, seeds, target, passed }) {
  const words = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
  return [
    `1cycle, three epochs of Fashion-MNIST in Chromium (${words.join(', ')}): ${passed ? 'reaches' : 'DOES NOT REACH'} ${(100 * target).toFixed(1)} %`,
    ...seeds.map(
      (/** @type {any} */ { seed, accuracy, seconds }) =>
        `  seed ${seed}: ${(100 * accuracy).toFixed(2)} % after ${seconds.toFixed(1)} s`,
    ),
  ];
}

/** @param {{ median: number, min: number, max: number }} row */
function figure({ median, min, max }) {
  return `${number(median)} (${number(min)} to ${number(max)})`;
}

/** Three digits, or all before the point. @param {number} value */
function number(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

/** @param {string} peer @param {string} runsIn @param {number} threads @param {string | null} arithmetic */
function name(peer, runsIn, threads, arithmetic) {
  return `${peer} (${runsIn}${arithmetic === 'fused' ? ', fused' : ''}${threads > 1 ? `, ${threads} threads` : ''})`;
}
