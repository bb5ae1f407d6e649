import { afterEach, beforeEach } from 'vitest';
import type { StepName, StepState } from '#shared/model/task.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { addSite, type Site, startSite } from '../integration/certify/site.ts';

let data: ReturnType<typeof tempDirectory>;
export let site: Site;
export let agent: TestAgent;
export let ids: { endpointId: string; nodeId: string };

/** Runs `attack` once, at the moment the step of the task is stored with that state. */
export function when(taskId: string, step: StepName, state: StepState, attack: () => void): void {
  let done = false;
  agent.agent.events.on((event) => {
    if (done || event.type !== 'changed' || event.topic !== 'tasks' || event.id !== taskId) return;
    const steps = agent.database.tasks.get(taskId)?.task.steps ?? [];
    if (!steps.some((one) => one.name === step && one.state === state)) return;
    done = true;
    attack();
  });
}

/** Every test starts with a plan that waits for approval. */
export function prepareApproval(): void {
  beforeEach(async () => {
    data = tempDirectory('binding');
    site = await startSite();
    agent = await startAgent({ dataDirectory: data.path });
    ids = await addSite(agent, site);
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });
}
