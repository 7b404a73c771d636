/** The series that the page's state is given to fill: it knows no charts. */

import { PointSeries, StepSeries } from '../series.js';
import { GroupSeries } from './group_series.js';
import { SmoothedSeries } from './smoothed.js';

export const SERIES_MAKER = {
  createSteps: (/** @type {number} */ first) => new StepSeries(first),
  createPoints: () => new PointSeries(),
  /** @param {StepSeries} raw @param {ConstructorParameters<typeof SmoothedSeries>[1]} how */
  createSmoothed: (raw, how) => new SmoothedSeries(raw, how),
  /** @param {ConstructorParameters<typeof GroupSeries>} given */
  createGroup: (...given) => new GroupSeries(...given),
};
