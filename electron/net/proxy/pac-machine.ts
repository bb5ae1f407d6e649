import { createContext, Script } from 'node:vm';
import { JSException, type JSValueHandle, QuickJS } from 'quickjs-wasi';
import type { Clock } from '#kit/clock.ts';
import { pacFunctions } from './pac-functions.ts';
import { quickjsWasm } from './quickjs-wasm.ts';

/**
 * Until a running script is stopped. It runs on the agent's own loop, so this is also the longest it can hold it up:
 * `script` (of the clock and of the processor) is what the engine keeps to by itself, `engine` ends it from outside
 * when it is caught in one endless step.
 */
const longestRunMs = { script: 400, engine: 800 };
const memoryLimit = 16 * 1024 * 1024;

/** What a script may know of the world. All answers are at hand: nothing here may wait. */
export interface PacWorld {
  /** Null: none, or not known yet. */
  resolve(name: string, all: boolean): string | null;
  mine(all: boolean): string;
  within(address: string, network: string): boolean;
  note(text: string): void;
}

/**
 * Why a script did not answer. `slow`: it was stopped. `starved`: it was stopped, but others had the processor
 * meanwhile, so it may be asked once more. After any of these its machine is spent.
 */
type TroubleKind = 'slow' | 'starved' | 'failed';

export class ScriptTrouble extends Error {
  readonly kind: TroubleKind;

  constructor(kind: TroubleKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** A script in a machine of its own: no I/O, little memory, little time. */
export interface PacMachine {
  /** What `FindProxyForURL` answers; null: it ended without an answer. Throws ScriptTrouble. */
  ask(url: string, host: string): { text: string | null } | { notText: string };
  /** It was stopped or broke: it cannot be asked again. */
  spent(): boolean;
  close(): void;
}

/** Rejects with ScriptTrouble when the script cannot be loaded or has no `FindProxyForURL`. */
export async function makePacMachine(script: string, world: PacWorld, clock: Clock): Promise<PacMachine> {
  let run: Run = { end: Number.POSITIVE_INFINITY, busyBefore: 0 };
  const vm = await QuickJS.create({
    wasm: await quickjsWasm(),
    memoryLimit,
    interruptHandler: () => clock.monotonic() > run.end && busyMs() - run.busyBefore > longestRunMs.script,
    wasi: (memory: { buffer: ArrayBuffer }) => ({
      clock_time_get(_id: number, _precision: bigint, at: number) {
        new DataView(memory.buffer).setBigUint64(at, BigInt(Math.round(clock.now())) * 1_000_000n, true);
        return 0;
      },
      fd_write: () => 8,
    }),
  });
  let spent = false;
  const close = () => {
    if (!spent) vm.dispose();
    spent = true;
  };
  const evaluate = (
    code: string,
    name: string,
    take = (handle: JSValueHandle): unknown => vm.dump(handle),
  ) => {
    run = { end: clock.monotonic() + longestRunMs.script, busyBefore: busyMs() };
    try {
      return guarded(() => vm.evalCode(code, name).consume(take));
    } catch (thrown) {
      spent = true; // stopped in the middle, it may not even be fit to be tidied up
      throw troubleOf(thrown, busyMs() - run.busyBefore);
    }
  };
  addFunctions(vm, world);
  evaluate(script, 'proxy.pac', () => undefined);
  if (evaluate('typeof FindProxyForURL', '') !== 'function') {
    close();
    throw new ScriptTrouble('failed', 'it has no function FindProxyForURL');
  }
  return {
    ask(url, host) {
      const call = `FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`;
      const answer = evaluate(
        `(() => { const a = ${call}; return a === null || a === undefined ? [] : typeof a === 'string' ? [a] : [0, typeof a]; })()`,
        'call',
      ) as [] | [string] | [0, string];
      if (answer.length === 2) return { notText: answer[1] };
      return { text: answer[0] ?? null };
    },
    spent: () => spent,
    close,
  };
}

function addFunctions(vm: QuickJS, world: PacWorld): void {
  const text = (value: string | null) => (value === null ? vm.null : vm.newString(value));
  const flag = (value: boolean) => (value ? vm.true : vm.false);
  const outside = [
    vm.newFunction('resolve', (name, all) =>
      text(world.resolve(String(vm.dump(name)), vm.dump(all) === true)),
    ),
    vm.newFunction('mine', (all) => text(world.mine(vm.dump(all) === true))),
    vm.newFunction('within', (one, net) => flag(world.within(String(vm.dump(one)), String(vm.dump(net))))),
    vm.newFunction('note', (said) => {
      world.note(String(vm.dump(said)));
      return vm.undefined;
    }),
  ];
  const install = vm.evalCode(pacFunctions, 'functions');
  vm.callFunction(install, vm.undefined, ...outside).dispose();
  for (const handle of [install, ...outside]) handle.dispose();
}

let box: { context: object; script: Script } | null = null;

/** The engine looks at its own clock between steps of the script; this one looks at it from outside. */
function guarded(work: () => unknown): unknown {
  box ??= { context: createContext(Object.create(null)), script: new Script('work()') };
  Object.assign(box.context, { work });
  return box.script.runInContext(box.context, { timeout: longestRunMs.engine });
}

interface Run {
  end: number;
  busyBefore: number;
}

/** How long this process had the processor. Other threads of it count too: on the safe side. */
function busyMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function troubleOf(thrown: unknown, busy: number): ScriptTrouble {
  const { code, message = '' } = thrown as { code?: string; message?: string };
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' || message === 'interrupted')
    return new ScriptTrouble(busy < longestRunMs.script ? 'starved' : 'slow', 'it was stopped', thrown);
  if (!(thrown instanceof JSException)) return new ScriptTrouble('failed', 'it broke its engine', thrown);
  const line = /proxy\.pac:(\d+)/.exec(thrown.stack ?? '')?.[1];
  const what = `${thrown.name}: ${message}`.replace(/\s+/g, ' ').slice(0, 200);
  return new ScriptTrouble('failed', line === undefined ? what : `${what} (line ${line})`);
}
