import '../../../renderer/bridge/no-eval.ts';
import { portMessage, wantPortMessage } from '#shared/page.ts';

/**
 * The window without Electron: this page plays preload and agent. It hands a port over exactly as the preload does,
 * so everything behind the port is the real renderer. `?scene=…` chooses the world.
 */
const { FakeAgent } = await import('./agent/fake-agent.ts');
const { makeScene } = await import('./world/scenes.ts');

const scene = new URLSearchParams(window.location.search).get('scene') ?? 'rich';
const world = makeScene(scene, Date.now());
const agent = new FakeAgent(world);

/** For tests: play with the agent while the page is open. */
Object.assign(window, { trustkeepFake: agent });

window.addEventListener('message', (event) => {
  if (event.data !== wantPortMessage || agent.away) return;
  const { port1, port2 } = new MessageChannel();
  agent.serve(port1);
  window.postMessage(portMessage, '/', [port2]);
});

await import('../../../renderer/start.tsx');
