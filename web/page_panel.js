/** All settings, with their looks: loaded when they are shown. */

import './engine/config/help.js';
import './ui/controls/schedule_preview.css';
import './ui/controls/model_field.css';
import './ui/controls/block_field.css';
import './ui/controls/data_picker.css';
import './ui/shared/drop.css';
import './ui/controls/reading_controls.css';
import './ui/controls/weights_field.css';
import './ui/controls/control_panel.css';
import './ui/experiment/experiment.css';
import './ui/controls/control_panel.js';
