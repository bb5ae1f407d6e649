import { join } from 'node:path';
import { app, dialog, ipcMain, MessageChannelMain, powerMonitor, protocol, session, shell } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Place } from '#shared/page.ts';
import { AgentSlot } from './agent-slot.ts';
import { registerScheme, servePage } from './app-protocol.ts';
import { systemAutostart } from './autostart.ts';
import type { DesktopAgent } from './desktop-agent.ts';
import { answerRequests, pickFile } from './file-picker.ts';
import { isE2E, untilDriven } from './flavour.ts';
import { followAgent } from './follow-agent.ts';
import { type LoadAgent, loadOrAsk, QuitInstead } from './gone-database.ts';
import { guardContents, guardRequests } from './guards.ts';
import { handOverPorts } from './ipc.ts';
import { watchLifecycle } from './lifecycle.ts';
import { setMenu } from './menu.ts';
import { makeNotices } from './notices.ts';
import { denyPermissions } from './permissions.ts';
import { makeQuit } from './quit.ts';
import { onSecondStart } from './single-instance.ts';
import { sandboxIsOff, stripDangerousSwitches } from './switches.ts';
import { type DesktopTray, makeTray } from './tray.ts';
import type { TrayFacts } from './tray-view.ts';
import type { DesktopUpdates } from './updater/desktop-updates.ts';
import { watchTrial } from './updater/trial.ts';
import { type MainWindow, makeMainWindow } from './window.ts';
import { openDesktopState } from './window-state.ts';

interface DesktopOptions {
  /** Start in the tray, without a window. */
  hidden: boolean;
  log: Log;
  clock: Clock;
  /** Makes the agent, when the window has what it needs to appear. Called again with what a person answered. */
  load: LoadAgent;
  /** What replaces this program by another version, and watches over a new one. Made at the first call. */
  updates(): Promise<DesktopUpdates>;
}

/** The agent begins when the window shows; a page that is never drawn must not keep it from its work. */
const longestWaitForWindow = 3000;

/** What must be said before Electron is ready. */
export function prepareDesktop(log: Log): void {
  const stripped = isE2E ? [] : stripDangerousSwitches(app.commandLine);
  if (stripped.length > 0) log.warn('dangerous switches were ignored', { switches: stripped });
  if (sandboxIsOff(app.commandLine)) log.warn('the page runs without the sandbox of the operating system');
  else app.enableSandbox();
  registerScheme(protocol);
  guardContents(app, shell, log);
  if (process.platform !== 'win32') return;
  app.setAppUserModelId('com.trustkeep.desktop'); // the installer gives the shortcut the same
  if ('setToastActivatorCLSID' in app) app.setToastActivatorCLSID('{9E9F6E0C-5D0C-4C43-9B39-6B7C2B0F3C55}');
}

/** Shows tray and window at once and brings the agent in behind them. */
export async function runDesktop(options: DesktopOptions): Promise<void> {
  await Promise.all([app.whenReady(), untilDriven(process.argv)]);
  const { log, clock } = options;
  const at = places();
  guardSession(at.page, log);
  setMenu(() => void quit());
  const slot = new AgentSlot({ load: asking(options), start, failed: givingUp(options) });
  const trial = watchTrial({ ...options, open: () => open() });
  const wake = () => slot.current()?.agent.wake();
  const lifecycle = watchLifecycle({ app, powerMonitor, stop, wake, log });
  const state = openDesktopState(join(app.getPath('userData'), 'desktop.json'));
  const onShown = () => slot.begin();
  const page = { title: title(), devTools: devTools(), state, onShown, onClosed };
  const window = makeMainWindow({ ...at, ...page, log, clock });
  const questions = () => slot.current()?.questions ?? null;
  const notices = makeNotices({ icon: at.icon, clock, log, open, questions });
  const running = () => questions()?.running() ?? [];
  const quit = makeQuit({ dialog, title: title(), running, quit: (ms) => lifecycle.quit(ms) });
  const autostart = systemAutostart(app);
  const tray = makeTray({ icons: at.trayIcons, open, quit, autostart, questions, clock, log });
  onSecondStart(app, open);
  handOverPorts({
    ipcMain,
    makeChannel: () => new MessageChannelMain(),
    ourPage: () => window.current()?.webContents ?? null,
    accept(port) {
      trial.hears(port);
      slot.attach(port);
    },
    hear: answerRequests({ pick: () => pickFile(dialog, window.current()), log }),
    log,
  });
  if (options.hidden) slot.begin();
  else open();
  clock.after(longestWaitForWindow, () => slot.begin());

  function open(place?: Place): void {
    if (!lifecycle.isQuitting()) window.show(place);
  }
  function onClosed(): void {
    if (lifecycle.isQuitting() || state.get().toldStillRunning) return;
    state.change({ toldStillRunning: true });
    void notices.stillRunning();
  }
  async function start(desktop: DesktopAgent): Promise<void> {
    if (isE2E) Object.assign(globalThis, { trustkeepAgent: desktop });
    followAgent(desktop, { clock, paint: both(tray, window), notify: notices.tell, show: open });
    await desktop.listen();
    await desktop.start();
    notices.follow();
    trial.agentWorks();
    log.info('the agent works', { msSinceStart: Math.round(clock.monotonic()) });
  }
  async function stop(graceMs: number | undefined): Promise<void> {
    notices.stop();
    window.destroy();
    await trial.ends(() => slot.stop(graceMs));
  }
}

/** Tray and title of the window. */
function both(tray: DesktopTray, window: MainWindow): (facts: TrayFacts) => void {
  return (facts) => {
    tray.paint(facts);
    window.callAgent(facts.name);
  };
}

function asking({ load }: DesktopOptions): () => Promise<DesktopAgent> {
  return () => loadOrAsk(load, dialog, title());
}

/** The parts of the built application, found from its own folder or archive. */
function places(): { page: string; preload: string; icon: string; trayIcons: string } {
  const root = app.getAppPath();
  return {
    page: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
    icon: join(root, 'build', 'icons', '256x256.png'),
    trayIcons: join(root, 'build', 'tray'),
  };
}

function devTools(): boolean {
  return isE2E || !app.isPackaged;
}

function title(): string {
  return sandboxIsOff(app.commandLine) ? 'Trustkeep (without sandbox)' : 'Trustkeep';
}

function guardSession(page: string, log: Log): void {
  const own = session.defaultSession;
  denyPermissions(own, log);
  guardRequests(own, devTools(), log);
  servePage(own, page);
}

const givingUp = (options: DesktopOptions) => (reason: unknown) => void giveUp(reason, options);

/** The agent could not be made or started: say why in one sentence, then end. */
async function giveUp(thrown: unknown, { log, updates }: DesktopOptions): Promise<void> {
  if (thrown instanceof QuitInstead) return app.exit(1);
  const { asFailure } = await import('#shared/failure.ts'); // with its schemas, which the first start need not wait for
  const failure = asFailure(thrown);
  log.error('the agent did not start', { failure: failure.toData(), error: thrown });
  process.stderr.write(`${[failure.message, failure.hint].filter(Boolean).join(' ')}\n`);
  if (await (await updates()).offerBack(failure.message)) return;
  const detail = failure.hint ?? '';
  await dialog.showMessageBox({ type: 'error', title: title(), message: failure.message, detail });
  app.exit(1);
}
