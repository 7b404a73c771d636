/** A row of protocol.js of its own: the question what logs of other programs show. */

/**
 * @typedef {import('../engine/logs/settle.js').LogRun['series']} LogSeries
 * @typedef {{ name: string, blob: Blob }} LogFile
 *
 * @typedef {object} LogsToInspect
 * @property {LogFile[]} files
 * @property {import('../engine/logs/roles.js').ChosenRoles} [roles]  columns by role, as somebody said them
 * @property {number | null} [classes]  how many there are to guess among
 * @property {boolean} [report]  also as a page
 *
 * @typedef {object} InspectedLogs
 * @property {import('../engine/study/inspect/inspect.js').Inspection} inspection
 * @property {LogSeries[]} series  of each run, by role
 * @property {string[][]} names  of each run's columns
 * @property {string | null} page
 */

/** @type {import('./protocol_rows.js').Question<LogsToInspect, InspectedLogs>} */
export const inspectLogs = {
  members: { files: 'list', roles: 'anything', classes: 'number', report: 'flag' },
  defaults: { roles: {}, classes: null, report: false },
  answer: 'logsInspected',
  takes: ({ series }) =>
    // Roles may share their steps.
    [
      ...new Set(
        series.flatMap((roles) => Object.values(roles).flatMap(({ step, value }) => [step.buffer, value.buffer])),
      ),
    ].filter((buffer) => buffer instanceof ArrayBuffer),
};
