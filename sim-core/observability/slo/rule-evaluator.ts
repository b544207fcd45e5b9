/**
 * A group of alerting rules, evaluated together at even times as Prometheus does it, and the alerts that come of it, sent to an
 * Alertmanager. What cannot be sent is thrown away: it is told of again at a later evaluation, more than a minute after this one.
 * https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ (`interval`), `rules/manager.go` of 2.42.
 *
 * Evaluations take no time. Who evaluates may be killed: nothing is evaluated or sent meanwhile, and what was pending or firing begins
 * anew, for Prometheus restores only alerts whose `for` is no shorter than `--rules.alert.for-grace-period`, ten minutes
 * (`RestoreForState` in `rules/group.go`), which is not modelled. Whoever was told of a firing alert takes it for over when its end
 * comes without another word.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { MINUTE, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { AlertingRule, AlertLabels, SentAlert } from './alerting-rule.ts';
import type { PostedAlert } from './received-alert.ts';
import { alertChanged, alertSignals, alertsEvaluated } from './signals.ts';

export interface EvaluatedRule {
  readonly rule: AlertingRule;
  /** The labels of the series for which the rule's expression holds now. */
  readonly holding: () => readonly AlertLabels[];
}

export interface RuleEvaluatorOptions {
  readonly name: string;
  readonly help: string;
  readonly rules: readonly EvaluatedRule[];
  /** Called before each evaluation: where what the rules look at is sampled at that instant only. */
  readonly sample?: () => void;
  /** From one evaluation to the next; the first one comes after as long. */
  readonly interval: Duration;
  readonly alertmanager: Link<readonly PostedAlert[], void>;
}

/** How long after an alert was told of it is told of again, at the soonest: Prometheus' `--rules.alert.resend-delay`. */
const RESEND_DELAY: Duration = MINUTE;

export class RuleEvaluator implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = alertSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RuleEvaluatorOptions;
  private readonly requests: BackgroundRequests;
  private readonly changed: FactChannel<Fact<typeof alertChanged>>;
  private readonly evaluated: FactChannel<Fact<typeof alertsEvaluated>>;
  private readonly evaluateKind: number;
  private pending = 0;
  private firing = 0;
  /** Alerts that no Alertmanager took. */
  private dropped = 0;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: RuleEvaluatorOptions) {
    const { interval } = options;
    if (!(interval > 0)) throw new RangeError(`interval: ${interval} ns is not above 0`);
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.interventions = { crash: this.crashing() };
    this.requests = new BackgroundRequests(sim);
    this.changed = sim.facts.channel(alertChanged);
    this.evaluated = sim.facts.channel(alertsEvaluated);
    this.evaluateKind = sim.eventKind(`${options.name} evaluates its rules`);
    register(sim, this);
    sim.schedule(interval, RuleEvaluator.tick, this as RuleEvaluator, this.evaluateKind);
  }

  /** Alerts that fired at the last evaluation. */
  get firingAlerts(): number {
    return this.firing;
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  /** The process dies with what it knew of alerts, and evaluates again after `downtime`, at the next even time. */
  crash(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const { rule } of this.options.rules) rule.forget();
    this.tellActive(0, 0);
  }

  state(): Readonly<Record<string, number | string>> {
    const { pending, firing, dropped } = this;
    const state = { rules: this.options.rules.length, pending, firing, dropped };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    return [];
  }

  private evaluate(): void {
    const { sim, options, changed } = this;
    options.sample?.();
    const due: SentAlert[] = [];
    let [pending, firing] = [0, 0];
    for (const { rule, holding } of options.rules) {
      const changes = rule.evaluate(sim.now, holding());
      if (changed.heard) {
        const { name } = rule.options;
        for (const { id, to } of changes) changed.emit({ rule: name, alert: id, to });
      }
      if (rule.isIdle) continue;
      pending += rule.count('pending');
      firing += rule.count('firing');
      due.push(...rule.due(sim.now, RESEND_DELAY, options.interval));
    }
    this.tellActive(pending, firing);
    if (due.length > 0) spawn(sim, `${this.name} sends alerts`, this.send(due));
  }

  private tellActive(pending: number, firing: number): void {
    if (pending === this.pending && firing === this.firing) return;
    [this.pending, this.firing] = [pending, firing];
    if (this.evaluated.heard) this.evaluated.emit({ evaluator: this.name, pending, firing });
  }

  private crashing(): Intervention {
    return {
      help: 'Kills it with what it knew of alerts; it evaluates again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 300 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }

  private *send(due: readonly SentAlert[]): Behaviour {
    try {
      yield* this.options.alertmanager.call(due, this.requests.next());
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.dropped += due.length;
    }
  }

  private static tick(evaluator: RuleEvaluator): void {
    evaluator.sim.schedule(evaluator.options.interval, RuleEvaluator.tick, evaluator, evaluator.evaluateKind);
    if (evaluator.isUp) evaluator.evaluate();
  }
}
