import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { openDriver } from '../../electron/database/open.ts';
import { type Client, connectLocally, failureOf } from '../../electron/transport/client.ts';

interface Row {
  state: string;
  waitingFor: string;
}

/** The built program in a directory of its own: an agent with the log at its most talkative, and commands. All they say is heard. */
export class HeardProgram {
  readonly heard: string[] = [];
  /** Told of each command before it works. */
  onStart: (args: readonly string[], pid: number | undefined) => void = () => {};
  readonly #program: Bundle;
  readonly #directory = tempDirectory('planted');
  #agent: ChildProcess | null = null;
  #client: Client | null = null;

  static async build(): Promise<HeardProgram> {
    return new HeardProgram(await quickStarting('electron/cli.ts'));
  }

  private constructor(program: Bundle) {
    this.#program = program;
  }

  get data(): string {
    return this.path('data');
  }

  path(name: string): string {
    return join(this.#directory.path, name);
  }

  inFile(name: string, text: string): string {
    const path = this.path(name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Runs the command line as a person would. */
  run(args: string[], stdin = ''): Promise<{ code: number | null; out: string }> {
    return new Promise((done, fail) => {
      const child = this.#spawn([...args, '--json']);
      this.onStart(args, child.pid);
      let [out, error] = ['', ''];
      child.stdout.on('data', (part) => {
        out += part;
      });
      child.stderr.on('data', (part) => {
        error += part;
      });
      child.once('error', fail);
      child.once('close', (code) => {
        // the recovery key is shown once, on purpose
        this.heard.push(`${args[0]} ${args[1]}: ${args[1] === 'recovery-key' ? '' : out}${error}`);
        done({ code, out });
      });
      child.stdin.end(stdin);
    });
  }

  async mustWork(args: string[], stdin = ''): Promise<Record<string, unknown>> {
    const { code, out } = await this.run(args, stdin);
    if (code !== 0) throw new Error(`${args.slice(0, 3).join(' ')} ended with ${code}: ${this.heard.at(-1)}`);
    return JSON.parse(out === '' ? '{}' : out);
  }

  async mustFail(args: string[], stdin = ''): Promise<void> {
    const { code } = await this.run(args, stdin);
    if (code === 0) throw new Error(`${args.slice(0, 3).join(' ')} should have failed`);
  }

  async startAgent(): Promise<void> {
    const child = this.#spawn(['run', '--log-level', 'debug', '--proof_seconds', '20']);
    this.#agent = child;
    const ready = Promise.withResolvers<void>();
    let said = '';
    const take = (part: Buffer): void => {
      this.heard.push(part.toString());
      said = `${said.slice(-100)}${part}`;
      if (said.includes('is ready')) ready.resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) =>
      ready.reject(new Error(`the agent ended with ${code}: ${this.heard.slice(-3)}`)),
    );
    await ready.promise;
  }

  async restart(): Promise<void> {
    this.#client = null;
    const gone = new Promise((done) => this.#agent?.once('exit', done));
    await this.run(['stop']);
    await gone;
    await this.startAgent();
  }

  /** The same socket that the command line uses, without starting it each time; answers are heard too. */
  async asked<T>(call: (client: Client) => Promise<T>): Promise<T> {
    this.#client ??= await connectLocally(this.data, 'tester');
    if (this.#client === null) throw new Error('no agent answers');
    const answer = await call(this.#client);
    this.heard.push(JSON.stringify(answer));
    return answer;
  }

  /** Requests a certificate and approves the plan. */
  async certify(
    node: string,
    more: { key_place?: 'agent'; authority?: string; names?: string[] } = {},
  ): Promise<string> {
    const { taskId } = await this.asked((client) => client.certificates.request({ node, ...more }));
    await this.rowOf(taskId, ({ state }) => state === 'waiting');
    await this.asked((client) => client.approvals.approve({ approval: taskId }));
    return taskId;
  }

  /** The state in which a task ended. */
  async ended(taskId: string): Promise<string> {
    const ends = ['succeeded', 'succeeded-with-warnings', 'failed', 'cancelled'];
    return (await this.rowOf(taskId, ({ state }) => ends.includes(state))).state;
  }

  /** Waits for a row of a task. Reads it itself: starting the command line for each look would take the whole minute. */
  async rowOf(taskId: string, fits: (row: Row) => boolean): Promise<Row> {
    const driver = openDriver(join(this.data, 'trustkeep.db'), { readonly: true });
    let row = { state: '', waitingFor: '' };
    try {
      for (let turn = 0; turn < 2_400; turn++) {
        const found = driver.get('SELECT state, waiting_for FROM tasks WHERE id = ?', [taskId]);
        row = { state: String(found?.state), waitingFor: String(found?.waiting_for) };
        if (fits(row)) return row;
        await systemClock.sleep(50);
      }
      throw new Error(`task ${taskId} stayed ${JSON.stringify(row)}`);
    } finally {
      driver.close();
    }
  }

  /** The next try may have begun meanwhile: it can be cancelled after it. */
  async cancel(task: string): Promise<void> {
    for (;;) {
      const failure = await this.asked((client) => client.tasks.cancel({ task })).then(() => null, failureOf);
      if (failure === null) return;
      if (failure.code !== 'task.busy') throw failure;
      await systemClock.sleep(50);
    }
  }

  async remove(): Promise<void> {
    const agent = this.#agent;
    if (agent !== null && agent.exitCode === null) {
      const gone = new Promise((done) => agent.once('exit', done));
      agent.kill('SIGKILL');
      await gone;
    }
    this.#directory.remove();
    await this.#program.remove();
  }

  #spawn(args: string[]) {
    const env = { PATH: process.env.PATH ?? '', HOME: this.#directory.path, LC_ALL: 'C.UTF-8' };
    const argv = [this.#program.path, ...args, '--data-directory', this.data];
    return spawn(process.execPath, argv, { env, stdio: 'pipe' });
  }
}
