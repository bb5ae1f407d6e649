import { z } from 'zod';
import {
  firstInstallPlan,
  firstSnapshot,
  fromFirstForm,
  fromFirstSnapshot,
} from '#shared/model/plan-first-form.ts';
import type { Driver } from '../driver.ts';

/**
 * Plans become lists of changes. The fingerprint stays the one that was approved and sealed, with the version that says
 * how it is computed. What is not JSON, or cannot be read as a plan, stays as it is.
 */
export function planOfChanges(driver: Driver): void {
  for (const { id, plan } of driver.all('SELECT id, plan FROM approvals'))
    driver.run('UPDATE approvals SET plan = ? WHERE id = ?', [moved(plan, planMoved), String(id)]);
  for (const { id, memory } of driver.all('SELECT id, memory FROM tasks'))
    driver.run('UPDATE tasks SET memory = ? WHERE id = ?', [moved(memory, memoryMoved), String(id)]);
}

function moved(text: unknown, move: (value: unknown) => unknown): string {
  const value = parsed(String(text));
  return value === undefined ? String(text) : JSON.stringify(move(value));
}

/** Undefined: it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const planShape = z.looseObject({ install: firstInstallPlan });

function planMoved(value: unknown): unknown {
  const plan = planShape.safeParse(value);
  if (!plan.success) return value;
  return { ...plan.data, fingerprintVersion: 1, install: fromFirstForm(plan.data.install) };
}

const outputShapes = {
  plan: z.looseObject({ plan: z.unknown() }),
  snapshot: z.looseObject({ snapshot: firstSnapshot }),
};
const memoryShape = z.looseObject({ outputs: z.record(z.string(), z.unknown()) });

function memoryMoved(value: unknown): unknown {
  const memory = memoryShape.safeParse(value);
  if (!memory.success) return value;
  const outputs = Object.entries(memory.data.outputs).map(([step, output]) => [step, outputMoved(output)]);
  return { ...memory.data, outputs: Object.fromEntries(outputs) };
}

function outputMoved(output: unknown): unknown {
  const kept = outputShapes.snapshot.safeParse(output);
  if (kept.success) return { ...kept.data, snapshot: fromFirstSnapshot(kept.data.snapshot) };
  const planned = outputShapes.plan.safeParse(output);
  return planned.success ? { ...planned.data, plan: planMoved(planned.data.plan) } : output;
}
