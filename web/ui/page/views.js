/**
 * The page's views, in the order of their tabs. A view is one row: its name in the address (#view=…), its tab, and
 * the element that shows it, which is handed the lab. A view that trains with the panel's settings says so: where they
 * are wrong, that stands above it.
 */
import { literal } from 'lit/static-html.js';
import '../diagnose/diagnose_view.js';
import '../lessons/lessons_view.js';
import '../live/live_page.js';
import '../race/optimizers_view.js';
import '../range/range_view.js';
import '../sweep/sweep_view.js';

/** @typedef {{ id: string, label: string, element: import('lit/static-html.js').StaticValue, trains?: boolean }} View */

/** @type {View[]} */
export const VIEWS = [
  { id: 'live', label: 'Live', element: literal`live-page` },
  { id: 'range', label: 'LR range test', element: literal`range-view`, trains: true },
  { id: 'sweep', label: 'Sweep', element: literal`sweep-view`, trains: true },
  { id: 'diagnose', label: 'Diagnose', element: literal`diagnose-view`, trains: true },
  { id: 'optimizers', label: 'Optimizers', element: literal`optimizers-view` },
  { id: 'lessons', label: 'Lessons', element: literal`lessons-view` },
];
