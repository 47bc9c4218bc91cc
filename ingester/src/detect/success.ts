import type { AttemptRow } from './deferrals';
import type { Evaluator, Firing } from './firings';
import { ruleFor, STEP, stepsOf, type DetectionRules } from './rules';

interface Cell {
  attempts: number;
  delivered: number;
}

/** Providers that take too small a share of what is tried. */
export class SuccessEvaluator implements Evaluator {
  private readonly providers = new Map<string, Map<number, Cell>>();

  constructor(private readonly rules: DetectionRules) {}

  /** Adds what was counted, before its steps are looked at. */
  load(rows: readonly AttemptRow[]): void {
    for (const { at, provider, attempts, delivered } of rows) {
      const steps = this.providers.get(provider) ?? new Map<number, Cell>();
      this.providers.set(provider, steps);
      const cell = steps.get(at) ?? { attempts: 0, delivered: 0 };
      steps.set(at, cell);
      cell.attempts += attempts;
      cell.delivered += delivered;
    }
  }

  step(at: number): Firing[] {
    const width = stepsOf(this.rules.kinds.success_floor);
    return [...this.providers].flatMap(([provider, steps]) => {
      const rule = ruleFor(this.rules, 'success_floor', provider);
      const cells = Array.from({ length: width }, (_, i) => at - (width - 1 - i) * STEP).flatMap((time) => {
        const cell = steps.get(time);
        return cell ? [{ time, ...cell }] : [];
      });
      steps.delete(at - (width - 1) * STEP);
      const attempts = cells.reduce((sum, cell) => sum + cell.attempts, 0);
      const delivered = cells.reduce((sum, cell) => sum + cell.delivered, 0);
      if (!rule.on || attempts < rule.minAttempts || delivered / attempts >= rule.rate) return [];
      const spots = cells
        .filter((cell) => cell.attempts > 0 && cell.delivered / cell.attempts < rule.rate)
        .map((cell) => ({ at: cell.time, of: cell.attempts, events: cell.delivered }));
      return [
        { kind: 'success_floor', entity: { provider }, at, sure: true, spots, rate: delivered / attempts },
      ];
    });
  }
}
