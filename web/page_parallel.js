/** Parallel axes over a sweep's trials: loaded when they are asked for. */

import './charts/parallel/parallel_axes.css';
import './charts/parallel/parallel_axes.js';
