/** The loss surface, with the chart that draws it: loaded when its view is opened. */

import './charts/heat/heat_map.css';
import './charts/heat/heat_map.js';
import './ui/slice/slice_view.js';
