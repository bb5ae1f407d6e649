import type { Clock } from '#kit/clock.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import type { Client } from '../transport/client.ts';

interface FollowOptions {
  client: Client;
  taskId: string;
  clock: Clock;
  /** A step moved on. */
  step(step: TaskStep): void;
  /** False: the task is as far as it gets without somebody else; stop following. */
  keepWaiting(task: Task): boolean;
}

/** Asked again after this long even if no event came, so that a lost event costs little. */
const atLatestMs = 2_000;

/** A step that is done in less is told once, when it is done. */
const longMs = 1_000;

/** Follows a task until it ends or `keepWaiting` says no. Gives it as it was last seen. */
export async function followTask(options: FollowOptions): Promise<Task> {
  const { client, taskId } = options;
  const bell = new Bell(options.clock);
  const stop = new AbortController();
  const listening = ringOnNews(client, taskId, bell, stop.signal);
  const told = new Map<string, string>();
  try {
    for (;;) {
      const { task } = await client.tasks.show({ task: taskId });
      tellSteps(task, told, options);
      if (!liveTaskStates.includes(task.state)) return task;
      if (task.state === 'waiting' && !options.keepWaiting(task)) return task;
      await bell.wait(atLatestMs);
    }
  } finally {
    stop.abort();
    await listening;
  }
}

function tellSteps(task: Task, told: Map<string, string>, { step, clock }: FollowOptions): void {
  for (const one of task.steps) {
    if (one.state === 'to-do' || one.state === 'skipped') continue;
    if (one.state === 'running' && clock.now() - (one.startedAt ?? 0) < longMs) continue;
    const seen = `${one.state} ${one.attempt} ${one.sentence}`;
    if (told.get(one.name) === seen) continue;
    told.set(one.name, seen);
    step(one);
  }
}

/** Never rejects: without events the task is still asked for, only less often. */
async function ringOnNews(client: Client, taskId: string, bell: Bell, signal: AbortSignal): Promise<void> {
  try {
    const stream = await client.agent.events({}, { signal });
    for await (const event of stream) {
      if (signal.aborted) return;
      if (event.type === 'hello' || (event.type === 'changed' && event.id === taskId)) bell.ring();
    }
  } catch {
    // the line broke or we hung up; if it broke, the next question says so
  }
}

class Bell {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until somebody rang since the last wait, or the time is over. */
  async wait(ms: number): Promise<void> {
    const sleep = new AbortController();
    if (!this.#rung) {
      this.#wake = () => sleep.abort();
      await this.#clock.sleep(ms, sleep.signal).catch(() => {});
    }
    this.#wake = null;
    this.#rung = false;
  }
}
