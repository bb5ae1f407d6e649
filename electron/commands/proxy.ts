import { implement } from '@orpc/server';
import { invalid } from '#shared/catalog/flat.ts';
import { contract } from '#shared/contract/index.ts';
import type { ProxyInput } from '#shared/contract/proxy.ts';
import { Failure } from '#shared/failure.ts';
import type { ProxyRoute, ProxySettings, ProxyTrip } from '#shared/model/proxy.ts';
import { wayOf } from '../agent/stored-proxy.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { checkReady } from './endpoint-checks.ts';
import { checkBypass, routeOf } from './proxy-settings.ts';
import type { CommandTools, ProxyCandidate } from './tools.ts';

export function proxyCommands(tools: CommandTools) {
  const os = implement(contract.proxy).$context<CommandContext>();
  return os.router({
    get: os.get.handler(() => tools.proxy.state()),
    set: os.set.handler(({ input, context }) => set(tools, input, context)),
    confirm: os.confirm.handler(({ context }) => {
      const { proxy } = tools;
      const state = context.audit.commit(
        () => proxy.confirm(),
        (kept) => ({ subject: null, sentence: `The proxy setting is kept: ${wayOf(kept)}.` }),
      );
      proxy.settle();
      return state;
    }),
    test: os.test.handler(({ input }) => tools.proxy.test(addressOf(input.url))),
  });
}

async function set(tools: CommandTools, input: ProxyInput, { audit }: CommandContext) {
  const { proxy } = tools;
  const route = routeOf(input);
  const bypass = input.bypass ?? proxy.state().bypass;
  const settings: ProxySettings = { route, bypass: bypass.map(checkBypass) };
  const password = passwordFor(tools, route, input.password);
  try {
    if (password !== null) checkReady(tools, 'The password of the proxy');
    const candidate: ProxyCandidate = { settings, password };
    if (input.try_first !== false) await tryOut(tools, candidate, input.confirm !== undefined);
    const state = audit.commit(
      () => proxy.apply(candidate, input.confirm),
      () => ({ subject: null, sentence: sentenceOf(settings, input.confirm) }),
    );
    proxy.settle();
    return state;
  } finally {
    password?.wipe();
  }
}

/** On trial it is applied whatever was found: it goes back by itself. */
async function tryOut({ proxy }: CommandTools, candidate: ProxyCandidate, onTrial: boolean): Promise<void> {
  if (onTrial || candidate.settings.route.mode === 'none') return;
  const lost = await proxy.tryOut(candidate);
  if (lost === null) return;
  const step = lost.steps.find(({ ok }) => !ok);
  throw new Failure('proxy.does-not-get-out', reason(lost, step?.sentence), {
    hint: 'Nothing was changed. Correct the setting, apply it on trial with --confirm 60, or skip the test with --try_first false.',
  });
}

function reason({ url, way, neededBy }: ProxyTrip, sentence: string | undefined): string {
  const what = url === way ? 'connect' : `reach ${url} (${neededBy})`;
  return `The new setting cannot ${what}: ${sentence ?? 'there was no answer.'}`;
}

/** Left out, the sealed password stays, but only for the same user at the same place. */
function passwordFor({ proxy }: CommandTools, route: ProxyRoute, given: string | undefined): Secret | null {
  if (route.mode === 'none' || route.user === null) return null;
  if (given !== undefined) return Secret.of(given);
  const kept = proxy.passwordKept(route);
  if (kept !== null) return kept;
  throw invalid(
    `Password is required for the proxy user ${route.user}.`,
    'Add --password-stdin, or answer when asked for it.',
  );
}

function sentenceOf(settings: ProxySettings, confirm: number | undefined): string {
  const trial = confirm === undefined ? '' : ` on trial for ${confirm} seconds`;
  return `The outbound connection was set${trial}: ${wayOf(settings)}.`;
}

/** A bare host name is taken as https. */
function addressOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`;
  if (URL.canParse(whole) && /^https?:$/.test(new URL(whole).protocol)) return whole;
  throw invalid(`"${url}" is not an http or https address.`, 'For example https://www.example.org/.');
}
