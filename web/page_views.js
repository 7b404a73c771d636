/** The views beside Live that train by themselves, with the charts that draw them: loaded once the first run is under way. */

import './engine/config/help.js';
import './charts/axis_plot.js';
import './charts/contour_map.js';
import './charts/tile_map.js';
import './ui/diagnose/diagnose_view.js';
import './ui/race/optimizers_view.js';
import './ui/range/range_view.js';
import './ui/sweep/sweep_view.js';
