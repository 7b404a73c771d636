/**
 * <diagnose-view>: the tuning playbook's procedure against optimization failures as one button, and its parts on their
 * own. Their steps fill in while they are trained; every claim stands beside its curves, its numbers and what they were
 * held against.
 */

import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { configFromSearch } from '../../engine/config/config_text.js';
import { failsQuietly, findingInShort, instabilityInWords } from '../../engine/config/verdicts.js';
import { LONG_SHARE } from '../../engine/study/judge/playbook.js';
import { count, duration, number, percent, significant } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { sayUnstableFrom } from '../../engine/words/unstable_rates.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { saveBar } from '../shared/save_bar.js';
import './diagnosis_step.js';
import { panelInWords } from '../shared/open_in_live.js';
import { PROCEDURE_ROWS, procedureRow } from './procedure_texts.js';
import './study_step.js';

/** @typedef {import('./diagnosis.js').Diagnosis} Diagnosis */

const SEEDS = [1, 2, 3, 5];

/** What is offered as a budget, in steps; null is as many as it takes. */
const BUDGETS = [null, 5_000, 20_000, 50_000, 200_000];

/** What warmup may be asked to reach, as multiples of the unstable rate: the playbook's two. */
const MULTIPLES = [10, 100];

/** What of a study stands among its findings: member, words, colour. @type {[string, string, string][]} */
const STUDY_FINDINGS = [
  ['lr_best', 'Best of the sweep, lr*', 'amber'],
  ['lr_unstable', 'Unstable rate', 'bad'],
  ['base_lr', 'Reached by warmup', 'good'],
  ['warmup_steps', 'Shortest warmup, steps', 'good'],
  ['needs_more_steps', `More than ${percent(LONG_SHARE)} of the run`, ''],
  ['early', capitalize(instabilityInWords('early')), ''],
  ['hidden', 'Hidden from your evaluation', ''],
  ['cyclical_wins', 'A cycle wins', ''],
  ['closed', 'The gap closes', ''],
];

export class DiagnoseView extends LabElement {
  static properties = { ...LabElement.properties, diagnosis: { attribute: false } };

  constructor() {
    super();
    /** @type {Diagnosis} */
    this.diagnosis = /** @type {any} */ (null);
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
      ${this.choice(running)}
      <button class="primary wide" data-next=".standing button" ?disabled=${!lab.ready || !diagnosis.ready || running} @click=${() => this.start()}>${procedureRow(diagnosis.wanted).button}</button>
      <p class="soft">Examines the settings of the Live view: ${panelInWords(lab)}.</p>
      ${this.cost()}
      <div class="pair">
        ${this.pick('Seeds', SEEDS, diagnosis.seeds, String, (seeds) => diagnosis.set({ seeds: Number(seeds) }))}
        ${this.pick(
          'Budget',
          BUDGETS,
          diagnosis.budget,
          (budget) => (budget === null ? 'what it takes' : plural(budget, 'step')),
          (budget) => diagnosis.set({ budget }),
        )}
        ${this.ownOptions()}
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

  /** What it will cost. */
  cost() {
    const { diagnosis } = this;
    const { estimate } = diagnosis;
    if (diagnosis.wanted !== 'diagnosis' || !estimate) return nothing;
    const { steps, seconds } = estimate;
    const [least, most] = steps.map((some) => significant(some, 2));
    const often =
      least === most ? `At most ${plural(most, 'step')}` : `About ${count(least)} to ${plural(most, 'step')}`;
    return html`<p class="soft cost">
      ${often} of training${seconds && seconds[1] > 1 ? html`, about ${duration(seconds[1])} at most` : nothing}. The upper end is for
      settings that need remedies.
    </p>`;
  }

  /** Which procedure. @param {boolean} running */
  choice(running) {
    const { diagnosis } = this;
    return html`<fieldset class="procedures" ?disabled=${running || !diagnosis.ready}>
      <legend>Procedure</legend>
      ${PROCEDURE_ROWS.map(
        ({ id, short }) => html`<label>
          <input
            type="radio"
            name="procedure"
            value=${id}
            .checked=${live(id === diagnosis.wanted)}
            @change=${() => diagnosis.set({ wanted: id })}
          />
          <b>${diagnosis.titleOf(id)}</b><span>${short}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  /** What only one of the procedures asks. */
  ownOptions() {
    const { lab, diagnosis } = this;
    if (diagnosis.wanted === 'warmup') {
      return html`${this.pick(
        'Warm up to',
        MULTIPLES,
        diagnosis.multiple,
        (multiple) => `${multiple} × the unstable rate`,
        (multiple) => diagnosis.set({ multiple: Number(multiple) }),
      )}
      <label>
        <span>Lengths, in steps</span>
        <input
          type="text"
          inputmode="numeric"
          pattern="\\s*[1-9][0-9]*(\\s*[, ]\\s*[1-9][0-9]*)*\\s*"
          placeholder="10, 100, 1000 …"
          title="Whole numbers of steps, separated by commas; left empty, orders of magnitude up to a tenth of the run"
          ?disabled=${diagnosis.status === 'running'}
          .value=${diagnosis.lengths.join(', ')}
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target);
            if (input.reportValidity()) diagnosis.set({ lengths: (input.value.match(/\d+/g) ?? []).map(Number) });
          }}
        />
      </label>`;
    }
    if (diagnosis.wanted !== 'clip') return nothing;
    const field = lab.field('clip_percentile');
    return html`<label>
      <span>Percentile of the norms</span>
      <input
        type="number"
        min=${field.min ?? 0}
        max=${field.max ?? 100}
        step="any"
        ?disabled=${diagnosis.status === 'running'}
        .value=${String(diagnosis.percentile ?? lab.draft.settings.clip_percentile)}
        @change=${(/** @type {Event} */ event) => {
          const input = /** @type {HTMLInputElement} */ (event.target);
          diagnosis.set({ percentile: input.validity.valid && input.value !== '' ? Number(input.value) : null });
        }}
      />
    </label>`;
  }

  /**
   * A choice from a list.
   * @template {number | null} T
   * @param {string} label @param {T[]} values @param {T} chosen @param {(value: T) => string} say @param {(value: T) => void} take
   */
  pick(label, values, chosen, say, take) {
    return html`<label>
      <span>${label}</span>
      <select
        ?disabled=${this.diagnosis.status === 'running'}
        @change=${(/** @type {Event} */ event) => take(values[/** @type {HTMLSelectElement} */ (event.target).selectedIndex])}
      >
        ${values.map((value) => html`<option value=${value ?? 0} ?selected=${value === chosen}>${say(value)}</option>`)}
      </select>
    </label>`;
  }

  // ---- the procedure ---------------------------------------------------------------------------------------------

  /** The steps on show: of what was done last, or of what is chosen while nothing was done. */
  get row() {
    const { diagnosis } = this;
    return procedureRow(diagnosis.status === 'idle' ? diagnosis.wanted : diagnosis.conducted);
  }

  /** Which step is being worked on, by what the procedure says it does. */
  get current() {
    const { status, known, conducted, judged } = this.diagnosis;
    const { steps } = this.row;
    if (status !== 'running') return -1;
    const told = new Set(known?.evidence.map(({ kind }) => kind) ?? []);
    // A study may leave the sweep out: what comes before the last that is told is over.
    const last = steps.findLastIndex(([kind]) => told.has(kind));
    return conducted === 'diagnosis' && judged ? steps.length : last + 1;
  }

  procedure() {
    const { lab, diagnosis, current, row } = this;
    const { known, status } = diagnosis;
    const ended = status === 'done' || status === 'stopped';
    return html`<ol class="procedure">
      ${row.steps.map(([kind, heading, purpose], i) => {
        const evidence = known?.evidence.find((other) => other.kind === kind) ?? null;
        const state = evidence ? 'told' : i === current ? 'current' : ended ? 'left' : 'waiting';
        return html`<li class="stage ${state}" data-kind=${kind}>
          <study-step
            .lab=${lab}
            .diagnosis=${diagnosis}
            .kind=${kind}
            .heading=${heading}
            .purpose=${purpose}
            .evidence=${evidence}
            .state=${state}
          ></study-step>
        </li>`;
      })}
      ${row.id === 'diagnosis' ? html`${this.verdictStep(ended)} ${this.remedySteps(ended, current)}` : this.studyVerdict(ended)}
    </ol>`;
  }

  /** What a study comes to, in its own sentences. @param {boolean} ended */
  studyVerdict(ended) {
    const { study } = this.diagnosis;
    const told = ended && study && study.says.length > 0;
    return html`<li class="stage verdict-stage ${told ? 'told' : ended ? 'left' : 'waiting'}" data-kind="verdict">
      <h3>The verdict</h3>
      ${
        told
          ? html`<p class="verdict sentence ${study.tone}">${explained(study.says[0])}</p>
            ${study.says.slice(1).map((sentence) => html`<p>${explained(sentence)}</p>`)}`
          : html`<p class="purpose">In a sentence, with its numbers and what they were held against.</p>`
      }
    </li>`;
  }

  /** @param {boolean} ended */
  verdictStep(ended) {
    const { diagnosis } = this;
    const { report } = diagnosis;
    const { headline } = diagnosis;
    const known = report && headline;
    return html`<li class="stage verdict-stage ${known ? 'told' : ended ? 'left' : 'waiting'}" data-kind="verdict">
      <h3>The verdict</h3>
      ${
        known
          ? html`<p class="verdict ${headline.isStable ? 'good' : 'bad'}">${explained(headline.own)}</p>
            ${headline.beyond ? html`<p class="verdict beyond">${explained(headline.beyond)}</p>` : nothing}
            ${(report.yours?.says ?? report.advice.slice(0, 1)).map((sentence) => html`<p>${explained(sentence)}</p>`)}`
          : html`<p class="purpose">Whether anything is wrong with your settings, what it is, and what to set instead; and from where on training is unstable.</p>`
      }
    </li>`;
  }

  /** @param {boolean} ended @param {number} current */
  remedySteps(ended, current) {
    const { lab, diagnosis } = this;
    const { report, status, stage } = diagnosis;
    const trying = status === 'running' && current === this.row.steps.length;
    const healthy = ended && report?.verdict === 'stable' && !report.interrupted;
    const remedies = report?.remedies ?? [];
    return html`<li class="stage remedies ${remedies.length ? 'told' : trying ? 'current' : ended ? 'left' : 'waiting'}" data-kind="remedies">
        <h3>${explained('The remedies, in the playbook’s order')}</h3>
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
              <span>${explained(`better: the median best checkpoint below ${diagnosis.betterShare} × the untreated`)}</span>
              <span>it solves it where both hold</span>
            </p>`
            : nothing
        }
        ${remedies.map((remedy) => html`<remedy-step .lab=${lab} .diagnosis=${this.diagnosis} .remedy=${remedy}></remedy-step>`)}
        ${trying ? html`<p class="working"><span class="pulse"></span>${stage}, ${diagnosis.training.size} in training</p>` : nothing}
      </li>`;
  }

  // ---- what it says ----------------------------------------------------------------------------------------------

  findings() {
    const { diagnosis } = this;
    const { report, study, status } = diagnosis;
    if (status === 'failed') return html`<h2>It could not be done</h2><p class="bad">${diagnosis.problem}</p>`;
    if (study) return this.studyFindings(study);
    if (!report) {
      return html`<h2>What it does</h2>
        <p class="soft">
          ${this.row.about} It trains a few dozen short runs, beside the one in Live, which goes on.
        </p>`;
    }
    const { headline } = diagnosis;
    const treated = report.remedies.find((remedy) => remedy.kind === report.recommended);
    const isCure = !!treated && diagnosis.isCure(treated);
    // What a sweep tells is known from its evidence on; one that was given up has none.
    const isSwept = report.evidence.some(({ kind }) => kind === 'sweep');
    const unknown = status === 'running' ? 'not yet known' : 'not known';
    const fix = report.yours?.fix;
    const remedy = treated && {
      label: `Open the ${isCure ? 'cure' : 'remedy'} in Live`,
      settings: treated.tried.find((one) => one.solved)?.runs[0].settings ?? '',
    };
    // What the verdict says already.
    const said = report.yours?.says.length ?? 1;
    return html`
      <h2>Findings</h2>
      <dl class="findings">
        ${finding(`Your settings, η ${number(Number(report.config.lr))}`, html`<b>${headline?.state ?? 'not yet known'}</b>`, headline ? (headline.isStable ? 'good' : 'bad') : 'soft')}
        ${fix ? finding('Fix', html`<b>${diagnosis.changesInWords(fix.changes)}</b>`, 'good') : nothing}
        ${finding('Best of the sweep, lr*', isSwept ? html`<b>${number(report.lr_best)}</b>` : unknown, 'amber')}
        ${finding('Unstable from', isSwept ? html`<b class=${report.lr_unstable === null ? '' : 'bad'}>${explained(sayUnstableFrom(report))}</b>` : unknown)}
        ${headline ? finding('Instability', findingInShort(report.verdict, { isQuiet: failsQuietly(report.untreated) })) : nothing}
        ${finding('At the edge', isSwept ? (report.at_edge ? 'yes' : 'no') : unknown)}
        ${report.lr_sensitivity === null ? nothing : finding('LR sensitivity', number(report.lr_sensitivity))}
        ${treated ? finding(isCure ? 'Cure' : `Remedy at η ${number(report.lr_treated)}`, html`<b>${treated.label}</b>`, isCure ? 'good' : '') : nothing}
      </dl>
      ${status !== 'running' && report.advice.length > said ? html`<h2>Advice</h2>${report.advice.slice(said).map((advice) => html`<p>${explained(advice)}</p>`)}` : nothing}
      ${this.leftOut(report.skipped)}
      ${fix ? html`<as-code .config=${configFromSearch(fix.settings).config}></as-code>` : nothing}
      ${this.takeHome(fix ? { label: 'Open the fix in Live', settings: fix.settings } : (remedy ?? null))}
    `;
  }

  /** @param {import('./diagnosis.js').Study} study */
  studyFindings(study) {
    const { diagnosis } = this;
    const rows = STUDY_FINDINGS.flatMap(([name, label, tone]) =>
      study[name] === null || study[name] === undefined ? [] : [{ label, tone, value: study[name] }],
    );
    const threshold = study.measured?.threshold;
    return html`
      <h2>Findings</h2>
      <dl class="findings">
        ${finding('Settings', diagnosis.patient?.title ?? 'those in Live')}
        ${rows.map(({ label, tone, value }) => finding(label, html`<b>${typeof value === 'number' ? number(value) : value ? 'yes' : 'no'}</b>`, tone))}
        ${study.range ? finding('Range', html`<b>${number(study.range.base)} to ${number(study.range.max)}</b>`, 'amber') : nothing}
        ${
          threshold === undefined
            ? nothing
            : [
                finding(`λ, percentile ${study.config.clip_percentile}`, html`<b>${number(threshold)}</b>`, 'norm'),
                finding('Median norm', number(study.measured.typical)),
              ]
        }
      </dl>
      ${this.leftOut(study.skipped)}
      ${this.takeHome(study.offer ? { label: `Open in Live: ${study.offer.label}`, settings: study.offer.settings } : null)}
    `;
  }

  /** @param {string[]} skipped */
  leftOut(skipped) {
    return skipped.length
      ? html`<h2>Not done</h2>${skipped.map((sentence) => html`<p class="soft">${explained(sentence)}</p>`)}`
      : nothing;
  }

  /** @param {{ label: string, settings: string } | null} offer settings to go on with */
  takeHome(offer) {
    const { diagnosis } = this;
    if (diagnosis.status === 'running') return nothing;
    return html`<h2>Take it home</h2>
      <div class="buttons">
        ${offer ? html`<button class="primary" @click=${() => diagnosis.openInLive(offer.settings)}>${offer.label}</button>` : nothing}
        <button @click=${() => diagnosis.saveHtml()}>Report (HTML)</button>
        ${saveBar({ csv: () => diagnosis.saveCsv(), json: () => diagnosis.saveJson() })}
      </div>`;
  }

  standing() {
    const { diagnosis } = this;
    if (diagnosis.status === 'idle' || diagnosis.status === 'failed') return nothing;
    const running = diagnosis.status === 'running';
    return html`<p class="standing" role="status">
      ${running ? html`<span class="pulse"></span><b>${diagnosis.stage}</b>` : html`<b>${diagnosis.status === 'stopped' ? 'Stopped by you' : 'Done'}</b>`}
      <span class="soft grow">${diagnosis.patient ? `${diagnosis.patient.title}: ` : ''}${diagnosis.progressWords}</span>
      ${running ? html`<button data-next=".diagnose-setup .primary" @click=${() => diagnosis.cancel()}>Stop</button>` : nothing}
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

/** A finding: what it is, and its value. @param {string} label @param {unknown} value @param {string} [tone] */
function finding(label, value, tone = '') {
  return html`<div><dt>${explained(label)}</dt><dd class=${tone}>${value}</dd></div>`;
}

customElements.define('diagnose-view', DiagnoseView);
