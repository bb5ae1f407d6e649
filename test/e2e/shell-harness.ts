import { expect, vi } from 'vitest';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Launched } from './electron.ts';
import type { StandInAgent } from './stand-in-agent.ts';

export const soon = { timeout: 60_000, interval: 50 };

/** Has the agent tell something. */
export const emit = ({ app }: Launched, event: AgentEvent) =>
  app.evaluate(
    (_electron, told) =>
      (globalThis as unknown as { trustkeepAgent: StandInAgent }).trustkeepAgent.agent.events.emit(told),
    event,
  );
/** What the agent was told to do. */
export const history = ({ app }: Launched) =>
  app.evaluate(() => (globalThis as unknown as { trustkeepAgent: StandInAgent }).trustkeepAgent.history);
/** How many windows are open. */
export const windows = ({ app }: Launched) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
/** The agent has started. */
export const agentIsThere = (launched: Launched) =>
  vi.waitFor(async () => expect(await history(launched)).toContain('start'), soon);
/** Asked of the main process: the page's own connection to the test does not live through its end. */
export const textInPage = ({ app }: Launched, testId: string) =>
  app.evaluate(
    ({ BrowserWindow }, id) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        `document.querySelector('[data-testid=${id}]')?.textContent`,
      ),
    testId,
  );
/** What the agent answered the page. */
export const answerInPage = (launched: Launched) => textInPage(launched, 'answer');
/** The desktop shows the icon. */
export const trayIsThere = ({ desktop }: Launched) => expect.poll(() => desktop.tray(), soon).not.toBeNull();

/** An approval is needed, or what else is said of it. */
export const notice = (some: Partial<Notification>): AgentEvent => ({
  type: 'notification',
  at: 1,
  notification: {
    id: 'ntf_1',
    kind: 'approval-needed',
    level: 'attention',
    title: 'Approval needed: www',
    sentence: 'Request for www.example.com is waiting for approval.',
    taskId: 'task_7',
    approvalId: null,
    readAt: null,
    at: 1,
    ...some,
  },
});

/** Something went well, or what else is said of it. */
export const success = (some: Partial<Notification>): AgentEvent =>
  notice({ kind: 'succeeded', level: 'success', ...some });

/** The person answers the question before quitting with this button while these are worked on. */
export const answersQuit = ({ app }: Launched, names: string[], button: number) =>
  app.evaluate(
    ({ dialog }, given) => {
      const kept = globalThis as unknown as { trustkeepAgent: StandInAgent; asked: string[] };
      kept.trustkeepAgent.questions.names = given.names;
      kept.asked ??= [];
      dialog.showMessageBox = (async (options: { message: string }) => {
        kept.asked.push(options.message);
        return { response: given.button, checkboxChecked: false };
      }) as unknown as typeof dialog.showMessageBox;
    },
    { names, button },
  );
/** What the person was asked. */
export const askedToQuit = ({ app }: Launched) =>
  app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
