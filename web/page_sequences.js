/** What a network that reads sequences sees, with the chart of its attention: loaded with the first such run. */

import './charts/attention/attention_map.css';
import './charts/attention/attention_map.js';
import './ui/sequences/sequences.css';
import './ui/sequences/attention_view.js';
import './ui/sequences/text_continuation.js';

export { tokensSeen } from './ui/sequences/tokens_seen.js';
