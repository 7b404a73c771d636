/** What the views beside Live look like, and what needs not be there from the first moment: loaded with the first of them, or after the first steps. */

import './charts/contour_map.css';
import './charts/pointing.css';
import './ui/range/range_view.css';
import './ui/sweep/sweep.css';
import './ui/sweep/sweep_glimpse.css';
import './ui/shared/study_table.css';
import './ui/shared/drop.css';
import './ui/shared/forced_colors.css';
import './ui/lessons/lessons_view.css';
import './ui/lessons/lesson_page.css';
import './ui/lessons/lesson_dock.css';
import './ui/diagnose/diagnose.css';
import './ui/race/optimizers.css';
