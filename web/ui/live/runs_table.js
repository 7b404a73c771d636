/** <runs-table>: the runs so far: what each changed, how it went, and what can be done with it. */
import { html, nothing } from 'lit';
import { repeat } from '../../repeat.js';
