/**
 * <diagnose-view>: the tuning playbook's procedure against optimization failures as one button. Its steps fill in
 * while they are trained; every claim stands beside its curves, its numbers and what they were held against.
 */
import { html, nothing } from 'lit';
import { LabElement } from './lab_element.js';
import './diagnosis_step.js';
import { panelInWords } from './open_in_live.js';
import { number } from './words.js';

/** @typedef {import('./diagnosis.js').Diagnosis} Diagnosis */

const SEEDS = [1, 2, 3, 5];

/** What is offered as a budget, in steps; null is as many as it takes. */
const BUDGETS = [null, 5_000, 20_000, 50_000, 200_000];

/** The procedure's steps, in its order: their headings before they are reached, and what they are for. */
export const STEPS = /** @type {const} */ ([
  [
    'baseline',
    'The settings as they are',
    'Train them, and look: how good is the best checkpoint, and does the loss ever go up for a while?',
  ],
  ['sweep', 'The learning rate sweep', 'Rates around yours, three to a decade. The best one is called lr*.'],
  [
    'edge',
    'Is the best rate at the edge?',
    'If training breaks just above lr*, the instability may be what keeps the rate, and the progress, small.',
  ],
  [
    'above',
    '5 × and 10 × the best rate',
    'A sudden rise after a steady decline is instability in the middle of training.',
  ],
  [
    'probe',
    'The first steps at 2 × the best rate',
    'Evaluated after every step: a blow-up at the start that recovers is easily missed.',
  ],
]);

const VERDICTS = {
  stable: ['No instability that matters', 'good'],
  early: ['Early instability', 'bad'],
  mid: ['Instability in mid-training', 'bad'],
};

export class DiagnoseView extends LabElement {
  /** @returns {Diagnosis} */
  get diagnosis() {
    return this.lab.diagnosis;
  }

  /** Starts, and on a narrow screen goes to where the steps fill in. @param {import('./diagnosis.js').Patient | null} [patient] */
  async start(patient = null) {
    this.diagnosis.start(patient);
    await this.updateComplete;
    const steps = this.querySelector('.diagnose-steps');
    if (steps && steps.getBoundingClientRect().top > innerHeight / 2) steps.scrollIntoView();
  }

  // ---- what is asked for -----------------------------------------------------------------------------------------

  setup() {
    const { lab, diagnosis } = this;
    const running = diagnosis.status === 'running';
    return html`<div class="diagnose-setup">
      <button class="primary wide" ?disabled=${!lab.ready || !diagnosis.ready || running} @click=${() => this.start()}>Diagnose these settings</button>
      <p class="soft">Examines the settings of the Live view: ${panelInWords(lab)}.</p>
      <div class="pair">
        <label>
          <span>Seeds</span>
          <select ?disabled=${running} @change=${(/** @type {Event} */ event) => {
            diagnosis.seeds = Number(/** @type {HTMLSelectElement} */ (event.target).value);
          }}>
            ${SEEDS.map((seeds) => html`<option value=${seeds} ?selected=${seeds === diagnosis.seeds}>${seeds}</option>`)}
          </select>
        </label>
        <label>
          <span>Budget</span>
          <select ?disabled=${running} @change=${(/** @type {Event} */ event) => {
            diagnosis.budget = Number(/** @type {HTMLSelectElement} */ (event.target).value) || null;
          }}>
            ${BUDGETS.map(
              (budget) => html`<option value=${budget ?? 0} ?selected=${budget === diagnosis.budget}>
                ${budget === null ? 'what it takes' : `${budget.toLocaleString('en-US')} steps`}
              </option>`,
            )}
          </select>
        </label>
      </div>
      <h2>Prepared patients</h2>
      <ul class="patients">
        ${diagnosis.patients.map(
          (patient) => html`<li>
            <button
              ?disabled=${running || !lab.ready}
              aria-current=${patient === diagnosis.patient ? 'true' : nothing}
              @click=${() => this.start(patient)}
            >
              <b>${patient.title}</b><span>${patient.suffers}</span>
            </button>
          </li>`,
        )}
      </ul>
      <p class="soft aside">
        The settings that one chooses, such as the learning rate, are called <b>hyperparameters</b>. That is the
        established word; metaparameter would be the better one, since “hyperparameter” means something else in
        Bayesian statistics.
      </p>
    </div>`;
  }

  // ---- the procedure ---------------------------------------------------------------------------------------------

  /** Which step is being worked on, by what the procedure says it does. */
  get current() {
    const { status, report } = this.diagnosis;
    if (status !== 'running') return -1;
    const told = new Set(report?.evidence.map(({ kind }) => kind) ?? []);
    const at = STEPS.findIndex(([kind]) => !told.has(kind));
    return this.diagnosis.judged || at < 0 ? STEPS.length : at;
  }

  procedure() {
    const { lab, diagnosis, current } = this;
    const { report, status } = diagnosis;
    const ended = status === 'done' || status === 'stopped';
    return html`<ol class="procedure">
      ${STEPS.map(([kind, heading, purpose], i) => {
        const evidence = report?.evidence.find((other) => other.kind === kind) ?? null;
        const state = evidence ? 'told' : i === current ? 'current' : ended ? 'left' : 'waiting';
        return html`<li class="stage ${state}" data-kind=${kind}>
          <diagnosis-step
            .lab=${lab}
            .kind=${kind}
            .heading=${heading}
            .purpose=${purpose}
            .evidence=${evidence}
            .state=${state}
          ></diagnosis-step>
        </li>`;
      })}
      ${this.verdictStep(ended)} ${this.remedySteps(ended, current)}
    </ol>`;
  }

  /** @param {boolean} ended */
  verdictStep(ended) {
    const { diagnosis } = this;
    const { report } = diagnosis;
    const known = diagnosis.judged && report;
    const [words, tone] = known ? VERDICTS[report.verdict] : ['', ''];
    return html`<li class="stage verdict-stage ${known ? 'told' : ended ? 'left' : 'waiting'}" data-kind="verdict">
      <h3>The verdict</h3>
      ${
        known
          ? html`<p class="verdict ${tone}">${words}</p>
            <p>${report.advice[0]}</p>`
          : html`<p class="purpose">Stable, early instability, or instability in mid-training; and where it shows.</p>`
      }
    </li>`;
  }

  /** @param {boolean} ended @param {number} current */
  remedySteps(ended, current) {
    const { lab, diagnosis } = this;
    const { report, status, stage } = diagnosis;
    const trying = status === 'running' && current === STEPS.length;
    const healthy = ended && report?.verdict === 'stable';
    const remedies = report?.remedies ?? [];
    return html`<li class="stage remedies ${remedies.length ? 'told' : trying ? 'current' : ended ? 'left' : 'waiting'}" data-kind="remedies">
        <h3>The remedies, in the playbook’s order</h3>
        <p class="purpose">
          ${
            healthy
              ? 'None is needed.'
              : 'Warmup, clipping, another optimizer, residual connections and normalization, branches that start at 0, and a lower rate as the last resort; each is compared with the untreated runs by its best checkpoint.'
          }
        </p>
        ${
          remedies.length
            ? html`<p class="thresholds">
              <span>gone: more than half of the seeds feasible and free of it</span>
              <span>better: the median best checkpoint below ${diagnosis.betterShare} × the untreated</span>
              <span>it solves it where both hold</span>
            </p>`
            : nothing
        }
        ${remedies.map((remedy) => html`<remedy-step .lab=${lab} .remedy=${remedy}></remedy-step>`)}
        ${trying ? html`<p class="working"><span class="pulse"></span>${stage}, ${diagnosis.training.size} in training</p>` : nothing}
      </li>`;
  }

  // ---- what it says ----------------------------------------------------------------------------------------------

  findings() {
    const { diagnosis } = this;
    const { report, status } = diagnosis;
    if (status === 'failed') return html`<h2>It could not be done</h2><p class="bad">${diagnosis.problem}</p>`;
    if (!report) {
      return html`<h2>What it does</h2>
        <p class="soft">
          Training can fail by instability: the loss goes up instead of down, at the very start or suddenly in the
          middle, and a rate that is small enough to be safe is too small to be good. The procedure finds out whether
          that happens here, of which kind it is, and what helps. It trains a few dozen short runs, beside the one in
          Live, which goes on.
        </p>`;
    }
    const [words, tone] = diagnosis.judged ? VERDICTS[report.verdict] : ['not yet known', 'soft'];
    const treated = report.remedies.find((remedy) => remedy.kind === report.recommended);
    return html`
      <h2>Findings</h2>
      <dl class="findings">
        <dt>Verdict</dt>
        <dd class=${tone}><b>${words}</b></dd>
        <dt>Best rate lr*</dt>
        <dd class="amber"><b>${number(report.lr_best)}</b></dd>
        <dt>Unstable from</dt>
        <dd>${report.lr_unstable === null ? 'no rate tried' : html`<b class="bad">${number(report.lr_unstable)}</b>`}</dd>
        <dt>At the edge</dt>
        <dd>${report.at_edge ? 'yes' : 'no'}</dd>
        ${treated ? html`<dt>Cure</dt><dd class="good"><b>${treated.label}</b></dd>` : nothing}
      </dl>
      ${status !== 'running' && report.advice.length > 1 ? html`<h2>Advice</h2>${report.advice.slice(1).map((advice) => html`<p>${advice}</p>`)}` : nothing}
      ${report.skipped.length ? html`<h2>Not done</h2>${report.skipped.map((skipped) => html`<p class="soft">${skipped}</p>`)}` : nothing}
      ${
        status === 'running'
          ? nothing
          : html`<h2>Take it home</h2>
            <div class="buttons">
              ${treated ? html`<button class="primary" @click=${() => diagnosis.openInLive(treated.tried.find((one) => one.solved)?.runs[0].settings ?? '')}>Open the cure in Live</button>` : nothing}
              <button @click=${() => diagnosis.saveHtml()}>Report (HTML)</button>
              <button @click=${() => diagnosis.saveJson()}>JSON</button>
            </div>`
      }
    `;
  }

  standing() {
    const { diagnosis } = this;
    if (diagnosis.status === 'idle' || diagnosis.status === 'failed') return nothing;
    const running = diagnosis.status === 'running';
    return html`<p class="standing" role="status">
      ${running ? html`<span class="pulse"></span><b>${diagnosis.stage}</b>` : html`<b>${diagnosis.status === 'stopped' ? 'Stopped by you' : 'Done'}</b>`}
      <span class="soft grow">${diagnosis.patient ? `${diagnosis.patient.title}: ` : ''}${diagnosis.progressWords}</span>
      ${running ? html`<button @click=${() => diagnosis.cancel()}>Stop</button>` : nothing}
    </p>`;
  }

  render() {
    if (!this.lab) return nothing;
    return html`
      ${this.setup()}
      <div class="diagnose-steps">${this.standing()} ${this.procedure()}</div>
      <div class="diagnose-findings">${this.findings()}</div>
    `;
  }
}

customElements.define('diagnose-view', DiagnoseView);
